package obligations

// Areas is a set of geographic areas. They are what treaties draw their regions
// from; a region adds who holds the place and the day.
type Areas uint32

// The areas. A coast lies on a sea.
const (
	AreaEurope          Areas = 1 << iota // to the Urals, with the islands near it
	AreaNorthAmerica                      // Canada, the continental United States, Mexico, Greenland
	AreaCentralAmerica                    // from Guatemala to Panama
	AreaCaribbean                         // the West Indies
	AreaSouthAmerica                      // with the islands near it
	AreaAfrica                            // with the islands near it
	AreaMiddleEast                        // from Anatolia to Iran
	AreaAsia                              // the rest of Asia
	AreaOceania                           // Australia, New Zealand and the islands
	AreaPacific                           // in or on the Pacific Ocean
	AreaWestPacific                       // islands in the western Pacific
	AreaNorthAtlantic                     // in or on the North Atlantic north of the Tropic of Cancer, 23°26'
	AreaEasternAtlantic                   // the Atlantic that washes Europe and Africa (notes of 1907)
	AreaMediterranean                     // in or on the Mediterranean, with the Adriatic and the Aegean
	AreaRioRegion                         // inside the lines of the Rio Treaty, Art. 4
	AreaSoutheastAsia                     // the area of the Manila Treaty, Art. VIII: south of 21°30' north
	AreaFarEast                           // from Malaya to Japan and Manchuria
	AreaChina                             // China with what was leased of it
	AreaKorea                             // the peninsula
	AreaManchuria                         // the three provinces
	AreaIndia                             // the India of before 1947 and its frontier
	AreaBalkans                           // the peninsula
	AreaRomanianBorder                    // the lands of Austria-Hungary that bordered on Romania
	AreaEUTerritory                       // where the treaties of the Union apply, Art. 355(1) and (3) TFEU
	AreaEUOverseas                        // countries and territories of Annex II TFEU, Art. 355(2)
	AreaOccupation1949                    // in Europe, where forces of occupation stood on 1949-08-24
)

// Has reports whether the set holds any of the areas a.
func (s Areas) Has(a Areas) bool { return s&a != 0 }
