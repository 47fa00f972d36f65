package obligations

import "strings"

// placesNorthAmerica has the parts of the United States and what it holds near
// the continent. Hawaii and the islands of the Pacific stand in [placesPacific].
func placesNorthAmerica() []Place {
	return []Place{
		{
			ID: "washington", Name: "Washington", Aliases: strings.Fields("pentagon washington-dc"),
			Kind: KindMetropolitan, Areas: AreaNorthAmerica | AreaRioRegion, Where: "in the east of North America",
			Tenures: []Tenure{sovereign("united-states", "", "", "A", "seat of its government since 1800")},
		},
		{
			ID: "new-york", Name: "New York", Aliases: strings.Fields("manhattan"),
			Kind: KindMetropolitan, Areas: AreaNorthAmerica | AreaRioRegion | AreaNorthAtlantic, Where: "on the Atlantic coast of North America",
			Tenures: []Tenure{sovereign("united-states", "", "", "A", "")},
		},
		{
			ID: "california", Name: "California", Aliases: strings.Fields("san-francisco san-diego los-angeles"),
			Kind: KindMetropolitan, Areas: AreaNorthAmerica | AreaRioRegion | AreaPacific, Where: "on the Pacific coast of North America",
			Tenures: []Tenure{sovereign("united-states", "1848-05-30", "", "B", "ratifications of Guadalupe Hidalgo exchanged")},
		},
		{
			ID: "alaska", Name: "Alaska", Aliases: strings.Fields("anchorage"),
			Kind: KindMetropolitan, Areas: AreaNorthAmerica | AreaRioRegion | AreaPacific, Where: "in the north-west of North America",
			Tenures: []Tenure{
				sovereign("russia", "", "1867-10-18", "B", ""),
				sovereign("united-states", "1867-10-18", "", "B", "a state of the Union since 1959-01-03"),
			},
		},
		{
			ID: "aleutian-islands", Name: "Aleutian Islands", Aliases: strings.Fields("aleutians attu kiska"),
			Kind: KindIsland, Areas: AreaRioRegion | AreaPacific, Partly: AreaNorthAmerica, Where: "islands in the North Pacific that run out from Alaska",
			Tenures: []Tenure{
				sovereign("russia", "", "1867-10-18", "B", ""),
				sovereign("united-states", "1867-10-18", "", "B", "Japanese forces stood on Attu and Kiska in 1942 and 1943"),
			},
		},
		{
			ID: "bermuda", Name: "Bermuda", Kind: KindIsland, Areas: AreaNorthAtlantic | AreaRioRegion | AreaEUOverseas,
			Where:   "32 degrees north in the North Atlantic, west of the line along 60 degrees west",
			Tenures: []Tenure{sovereign("united-kingdom", "", "", "B", "")},
		},
		{
			ID: "bahamas", Name: "Bahamas", Aliases: strings.Fields("nassau"),
			Kind: KindIsland, Areas: AreaCaribbean | AreaRioRegion, Partly: AreaNorthAtlantic, Where: "21 to 27 degrees north, on both sides of the Tropic of Cancer",
			Tenures: []Tenure{
				sovereign("united-kingdom", "", "1973-07-10", "B", ""),
				sovereign("bahamas", "1973-07-10", "", "B", "independence"),
			},
		},
		{
			ID: "saint-pierre-and-miquelon", Name: "Saint Pierre and Miquelon", Aliases: strings.Fields("saint-pierre"),
			Kind: KindIsland, Areas: AreaNorthAmerica | AreaNorthAtlantic | AreaRioRegion | AreaEUOverseas, Where: "47 degrees north off Newfoundland",
			Tenures: []Tenure{sovereign("france", "1816-06-22", "", "C", "restored after the peace of 1814")},
		},
		{
			ID: "greenland", Name: "Greenland", Aliases: strings.Fields("thule pituffik nuuk"),
			Kind: KindIsland, Areas: AreaNorthAmerica | AreaNorthAtlantic | AreaRioRegion | AreaEUOverseas, Where: "59 to 83 degrees north, inside the lines of the Rio Treaty",
			Tenures: []Tenure{sovereign("denmark", "", "", "B", "of all of it by the judgment of 1933-04-05; left the Communities 1985-02-01")},
		},
	}
}

// placesLatinAmerica has the Caribbean, Central and South America.
func placesLatinAmerica() []Place {
	return insideRioLines(
		Place{
			ID: "puerto-rico", Name: "Puerto Rico", Aliases: strings.Fields("san-juan vieques"),
			Kind: KindIsland, Areas: AreaCaribbean, Where: "18 degrees north in the Caribbean",
			Tenures: []Tenure{
				sovereign("spain", "", "1899-04-11", "B", ""),
				sovereign("united-states", "1899-04-11", "", "B", "Treaty of Paris of 1898, ratifications exchanged; occupied since 1898-10-18"),
			},
		},
		Place{
			ID: "us-virgin-islands", Name: "Virgin Islands of the United States", Aliases: strings.Fields("saint-croix saint-thomas"),
			Kind: KindIsland, Areas: AreaCaribbean, Where: "18 degrees north in the Caribbean",
			Tenures: []Tenure{
				sovereign("denmark", "", "1917-03-31", "B", ""),
				sovereign("united-states", "1917-03-31", "", "B", "transfer"),
			},
		},
		Place{
			ID: "guantanamo", Name: "Guantanamo Bay", Aliases: strings.Fields("guantanamo-bay"),
			Kind: KindOccupied, Areas: AreaCaribbean, Where: "20 degrees north in Cuba",
			Tenures: []Tenure{
				sovereign("cuba", "1902-05-20", "", "B", "ultimate sovereignty, lease of 1903 Art. III"),
				administered("united-states", "1903-12-10", "", "B", "lease of 1903-02-16/23; handed over 1903-12-10"),
			},
		},
		Place{
			ID: "guadeloupe", Name: "Guadeloupe", Kind: KindIsland, Areas: AreaCaribbean | AreaEUTerritory, Where: "16 degrees north in the Caribbean",
			Tenures: []Tenure{sovereign("france", "1816-07-25", "", "C", "a department since 1946-03-19")},
		},
		Place{
			ID: "martinique", Name: "Martinique", Kind: KindIsland, Areas: AreaCaribbean | AreaEUTerritory, Where: "14 degrees north in the Caribbean",
			Tenures: []Tenure{sovereign("france", "1814-05-30", "", "C", "a department since 1946-03-19")},
		},
		Place{
			ID: "curacao", Name: "Aruba and Curacao", Aliases: strings.Fields("aruba bonaire netherlands-antilles aruba-curacao"),
			Kind: KindIsland, Areas: AreaCaribbean | AreaEUOverseas, Where: "12 degrees north in the Caribbean",
			Tenures: []Tenure{sovereign("netherlands", "1816-03-04", "", "C", "handed back by the United Kingdom")},
		},
		Place{
			ID: "grenada", Name: "Grenada", Kind: KindIsland, Areas: AreaCaribbean, Where: "12 degrees north in the Caribbean",
			Tenures: []Tenure{
				sovereign("united-kingdom", "", "1974-02-07", "B", ""),
				sovereign("grenada", "1974-02-07", "", "B", "independence"),
			},
		},
		Place{
			ID: "belize", Name: "Belize", Aliases: strings.Fields("british-honduras"),
			Kind: KindOverseas, Areas: AreaCentralAmerica, Partly: AreaNorthAmerica, Where: "17 degrees north on the Caribbean coast of Central America",
			Tenures: []Tenure{
				sovereign("united-kingdom", "", "1981-09-21", "B", ""),
				sovereign("belize", "1981-09-21", "", "B", "independence"),
				claimed("guatemala", "", "", "B", "reservation to the Rio Treaty"),
			},
		},
		Place{
			ID: "panama-canal-zone", Name: "Panama Canal Zone", Aliases: strings.Fields("panama-canal canal-zone"),
			Kind: KindOccupied, Areas: AreaCentralAmerica, Partly: AreaNorthAmerica | AreaPacific, Where: "9 degrees north on the isthmus",
			Tenures: []Tenure{
				sovereign("panama", "1903-11-03", "", "B", ""),
				administered("united-states", "1904-05-04", "1979-10-01", "B", "as if it were sovereign (convention of 1903 Art. III); the canal itself to 1999-12-31"),
			},
		},
		Place{
			ID: "french-guiana", Name: "French Guiana", Aliases: strings.Fields("guyane cayenne kourou"),
			Kind: KindOverseas, Areas: AreaSouthAmerica | AreaEUTerritory, Where: "4 degrees north in South America",
			Tenures: []Tenure{sovereign("france", "1817-11-08", "", "C", "handed back by Portugal; a department since 1946-03-19")},
		},
		Place{
			ID: "falkland-islands", Name: "Falkland Islands", Aliases: strings.Fields("falklands malvinas islas-malvinas"),
			Kind: KindIsland, Areas: AreaSouthAmerica | AreaEUOverseas, Where: "51 degrees south in the South Atlantic",
			Tenures: []Tenure{
				sovereign("united-kingdom", "1833-01-03", "", "B", ""),
				claimed("argentina", "1833-01-03", "", "B", "from the day on which its garrison was made to leave"),
				occupied("argentina", "1982-04-02", "1982-06-14", "A", "invasion and surrender"),
			},
		},
		Place{
			ID: "south-georgia", Name: "South Georgia", Aliases: strings.Fields("south-sandwich-islands grytviken"),
			Kind: KindIsland, Areas: AreaSouthAmerica | AreaEUOverseas, Where: "54 degrees south in the South Atlantic",
			Tenures: []Tenure{
				sovereign("united-kingdom", "1908-07-21", "", "C", "letters patent; claimed before"),
				claimed("argentina", "", "", "C", "since 1927; the day is not known"),
				occupied("argentina", "1982-04-03", "1982-04-25", "B", ""),
			},
		},
		Place{
			ID: "easter-island", Name: "Easter Island", Aliases: strings.Fields("rapa-nui"),
			Kind: KindMetropolitan, Areas: AreaOceania | AreaPacific, Where: "27 degrees south, 109 degrees west: outside the lines of the Rio Treaty",
			Tenures: []Tenure{sovereign("chile", "1888-09-09", "", "B", "annexation; a part of a province of the mainland")},
		},
	)
}

// insideRioLines puts places into the region of the Rio Treaty, where all of
// Latin America lies. Easter Island does not: 97 degrees west is the line there.
func insideRioLines(places ...Place) []Place {
	for i := range places {
		if places[i].ID != "easter-island" {
			places[i].Areas |= AreaRioRegion
		}
	}
	return places
}
