package obligations

import "strings"

// placesNorthAtlantic has the islands of the ocean and of its north.
func placesNorthAtlantic() []Place {
	return []Place{
		{
			ID: "iceland", Name: "Iceland", Aliases: strings.Fields("keflavik reykjavik"),
			Kind: KindIsland, Areas: AreaEurope | AreaNorthAtlantic, Where: "64 degrees north in the North Atlantic, east of the lines of the Rio Treaty",
			Tenures: []Tenure{
				sovereign("denmark", "", "1918-12-01", "B", ""),
				sovereign("iceland", "1918-12-01", "", "B", "a kingdom in union with Denmark, a republic since 1944-06-17"),
			},
		},
		{
			ID: "faroe-islands", Name: "Faroe Islands", Aliases: strings.Fields("faroes"),
			Kind: KindIsland, Areas: AreaEurope | AreaNorthAtlantic, Where: "62 degrees north in the North Atlantic",
			Tenures: []Tenure{sovereign("denmark", "", "", "B", "outside the Union, Art. 355(5)(a) TFEU")},
		},
		{
			ID: "svalbard", Name: "Svalbard", Aliases: strings.Fields("spitsbergen"),
			Kind: KindIsland, Areas: AreaEurope | AreaNorthAtlantic, Where: "78 degrees north in the Arctic Ocean",
			Tenures: []Tenure{sovereign("norway", "1925-08-14", "", "B", "treaty of 1920-02-09 in force")},
		},
		{
			ID: "jan-mayen", Name: "Jan Mayen", Kind: KindIsland, Areas: AreaEurope | AreaNorthAtlantic, Where: "71 degrees north in the North Atlantic",
			Tenures: []Tenure{sovereign("norway", "1929-05-08", "", "B", "annexation")},
		},
		{
			ID: "azores", Name: "Azores", Aliases: strings.Fields("lajes terceira"), Kind: KindIsland, Partly: AreaEurope,
			Areas: AreaNorthAtlantic | AreaEasternAtlantic | AreaEUTerritory, Where: "38 degrees north in the North Atlantic, 28 degrees west",
			Tenures: []Tenure{sovereign("portugal", "", "", "B", "")},
		},
		{
			ID: "madeira", Name: "Madeira", Kind: KindIsland, Areas: AreaNorthAtlantic | AreaEasternAtlantic | AreaEUTerritory,
			Where:   "32 degrees north in the North Atlantic",
			Tenures: []Tenure{sovereign("portugal", "", "", "B", "")},
		},
		{
			ID: "canary-islands", Name: "Canary Islands", Aliases: strings.Fields("canaries tenerife las-palmas"), Kind: KindIsland,
			Areas: AreaNorthAtlantic | AreaEasternAtlantic | AreaEUTerritory | AreaAfrica, Where: "28 degrees north in the North Atlantic",
			Tenures: []Tenure{sovereign("spain", "", "", "B", "")},
		},
		{
			ID: "cabo-verde-islands", Name: "Cape Verde Islands", Aliases: strings.Fields("cape-verde"),
			Kind: KindIsland, Areas: AreaAfrica | AreaEasternAtlantic, Where: "16 degrees north, south of the Tropic of Cancer",
			Tenures: []Tenure{
				sovereign("portugal", "", "1975-07-05", "B", ""),
				sovereign("cabo-verde", "1975-07-05", "", "B", "independence"),
			},
		},
	}
}

// placesWesternEurope has the parts of the west that treaties or crises name.
func placesWesternEurope() []Place {
	return []Place{
		{
			ID: "west-berlin", Name: "West Berlin", Aliases: strings.Fields("berlin-west"),
			Kind: KindOccupied, Areas: AreaEurope | AreaOccupation1949, Where: "in Europe, where occupation forces stood when the treaty entered into force",
			Tenures: []Tenure{
				jointly(occupied("united-kingdom", "1945-07-11", "1990-10-03", "B", "its sector; the rights were suspended on the last day")),
				jointly(occupied("united-states", "1945-07-11", "1990-10-03", "B", "its sector")),
				jointly(occupied("france", "1945-07-11", "1990-10-03", "B", "its sector, handed over 1945-08-12")),
				sovereign("germany", "1990-10-03", "", "A", ""),
			},
		},
		{
			ID: "west-germany-territory", Name: "Western Germany", Aliases: strings.Fields("hesse ramstein fulda-gap"),
			Kind: KindMetropolitan, Areas: AreaEurope | AreaOccupation1949, Where: "in Europe, where occupation forces stood when the treaty entered into force",
			Tenures: []Tenure{
				jointly(occupied("united-states", "1945-06-05", "1955-05-05", "B", "its zone")),
				jointly(occupied("united-kingdom", "1945-06-05", "1955-05-05", "B", "its zone")),
				jointly(occupied("france", "1945-06-05", "1955-05-05", "B", "its zone")),
				sovereign("germany", "1949-09-21", "", "B", "the Federal Republic; the occupation ended with the Paris agreements"),
			},
		},
		{
			ID: "east-germany-territory", Name: "Eastern Germany", Aliases: strings.Fields("leipzig dresden"),
			Kind: KindMetropolitan, Areas: AreaEurope, Where: "in Europe, the Soviet zone of 1945",
			Tenures: []Tenure{
				sovereign("east-germany", "1949-10-07", "1990-10-03", "B", ""),
				sovereign("germany", "1990-10-03", "", "A", "unification"),
			},
		},
		{
			ID: "rhineland", Name: "Rhineland", Aliases: strings.Fields("cologne"),
			Kind: KindMetropolitan, Areas: AreaEurope | AreaOccupation1949, Where: "in Europe, demilitarised from 1919 to 1936-03-07",
			Tenures: []Tenure{sovereign("germany", "1815-06-09", "", "C", "Prussia's by the act of Vienna; occupied by the Allies after both wars")},
		},
		{
			ID: "alsace-lorraine", Name: "Alsace-Lorraine", Aliases: strings.Fields("alsace strasbourg"),
			Kind: KindMetropolitan, Areas: AreaEurope, Where: "in Europe, on the Rhine",
			Tenures: []Tenure{
				sovereign("france", "", "1871-05-10", "B", ""),
				sovereign("germany", "1871-05-10", "1918-11-11", "B", "peace of Frankfurt"),
				sovereign("france", "1918-11-11", "", "B", "Versailles Art. 51 gives the armistice as the day"),
			},
		},
		{
			ID: "alps", Name: "Alps", Aliases: strings.Fields("franco-italian-frontier menton"),
			Kind: KindMetropolitan, Areas: AreaEurope, Where: "in Europe, the land frontier of France and Italy",
			Tenures: []Tenure{sovereign("france", "1860-06-14", "", "C", "the French side, since the cession of Savoy")},
		},
		{
			ID: "trentino", Name: "Trentino", Aliases: strings.Fields("tyrol south-tyrol trent"),
			Kind: KindMetropolitan, Areas: AreaEurope, Where: "in the Alps, not on the border of Romania",
			Tenures: []Tenure{
				sovereign("austria-hungary", "", "1918-11-03", "B", "to the armistice; ceded at Saint-Germain"),
				sovereign("italy", "1920-07-16", "", "B", "Saint-Germain in force; occupied before"),
			},
		},
	}
}

// placesMediterranean has the islands and strongholds of that sea, and the ground
// on which Greece and Turkey meet.
func placesMediterranean() []Place {
	return []Place{
		{
			ID: "gibraltar", Name: "Gibraltar", Kind: KindOverseas, Areas: AreaEurope | AreaMediterranean | AreaEUTerritory, Partly: AreaEasternAtlantic,
			Where: "36 degrees north in Europe",
			Tenures: []Tenure{
				sovereign("united-kingdom", "1713-07-13", "", "B", "Utrecht Art. X; left the Union with the United Kingdom"),
				claimed("spain", "", "", "B", ""),
			},
		},
		{
			ID: "malta", Name: "Malta", Aliases: strings.Fields("valletta"),
			Kind: KindIsland, Areas: AreaEurope | AreaMediterranean | AreaEUTerritory, Where: "36 degrees north in the Mediterranean",
			Tenures: []Tenure{
				sovereign("united-kingdom", "1814-05-30", "1964-09-21", "B", "treaty of Paris Art. VII"),
				sovereign("malta", "1964-09-21", "", "B", "independence"),
			},
		},
		{
			ID: "cyprus", Name: "Cyprus", Aliases: strings.Fields("nicosia"), Kind: KindIsland,
			Areas: AreaMediterranean | AreaEUTerritory, Partly: AreaEurope | AreaMiddleEast, Where: "35 degrees north in the eastern Mediterranean",
			Tenures: []Tenure{
				sovereign("ottoman-empire", "", "1914-11-05", "B", ""),
				administered("united-kingdom", "1878-06-04", "1914-11-05", "B", "Cyprus convention"),
				sovereign("united-kingdom", "1914-11-05", "1960-08-16", "B", "annexation"),
				sovereign("cyprus", "1960-08-16", "", "B", "independence"),
			},
		},
		{
			ID: "northern-cyprus", Name: "Northern Cyprus", Aliases: strings.Fields("kyrenia famagusta"), Kind: KindOccupied,
			Areas: AreaMediterranean, Partly: AreaEurope | AreaMiddleEast | AreaEUTerritory, Where: "35 degrees north in Cyprus; the law of the Union is suspended there (Protocol 10)",
			Tenures: []Tenure{
				sovereign("cyprus", "1960-08-16", "", "B", "Security Council resolution 541"),
				occupied("turkey", "1974-08-16", "", "B", "landings from 1974-07-20"),
			},
		},
		{
			ID: "akrotiri-dhekelia", Name: "Akrotiri and Dhekelia", Aliases: strings.Fields("akrotiri sovereign-base-areas"),
			Kind: KindOverseas, Areas: AreaMediterranean, Partly: AreaEurope | AreaMiddleEast, Where: "34 degrees north in Cyprus",
			Tenures: []Tenure{sovereign("united-kingdom", "1960-08-16", "", "B", "treaty of establishment Art. 1; British with all of Cyprus before")},
		},
		{
			ID: "aegean-islands", Name: "Aegean islands of Greece", Aliases: strings.Fields("lesbos lemnos imia chios"),
			Kind: KindIsland, Areas: AreaEurope | AreaMediterranean | AreaEUTerritory, Partly: AreaBalkans, Where: "39 degrees north in the Aegean",
			Tenures: []Tenure{
				sovereign("ottoman-empire", "", "1912-10-21", "C", "from then in Greek hands"),
				sovereign("greece", "1914-02-13", "", "B", "decision of the Powers, Lausanne 1923 Art. 12; occupied before"),
			},
		},
		{
			ID: "dodecanese", Name: "Dodecanese", Aliases: strings.Fields("rhodes kos"),
			Kind: KindIsland, Areas: AreaEurope | AreaMediterranean | AreaEUTerritory, Where: "36 degrees north in the Aegean",
			Tenures: []Tenure{
				sovereign("ottoman-empire", "", "1924-08-06", "B", "to Lausanne, Art. 15"),
				occupied("italy", "1912-05-04", "1924-08-06", "B", ""),
				sovereign("italy", "1924-08-06", "1947-09-15", "B", ""),
				sovereign("greece", "1947-09-15", "", "B", "treaty of peace with Italy Art. 14 in force"),
			},
		},
		{
			ID: "east-thrace", Name: "Eastern Thrace", Aliases: strings.Fields("edirne thrace"),
			Kind: KindMetropolitan, Areas: AreaEurope | AreaBalkans, Partly: AreaMediterranean, Where: "in Europe, the land frontier of Turkey",
			Tenures: []Tenure{
				sovereign("ottoman-empire", "", "1922-11-01", "B", ""),
				sovereign("turkey", "1923-10-29", "", "B", "Lausanne 1923 Art. 2; held by its government before"),
			},
		},
		{
			ID: "western-thrace", Name: "Western Thrace", Aliases: strings.Fields("evros alexandroupoli"),
			Kind: KindMetropolitan, Areas: AreaEurope | AreaBalkans, Partly: AreaMediterranean, Where: "in Europe, the land frontier of Greece",
			Tenures: []Tenure{sovereign("greece", "1924-08-06", "", "C", "in Greek hands since 1920; Bulgarian from 1913")},
		},
		{
			ID: "constantinople", Name: "Constantinople and the Straits", Aliases: strings.Fields("istanbul straits dardanelles bosporus gallipoli"),
			Kind: KindMetropolitan, Partly: AreaEurope | AreaMediterranean | AreaBalkans | AreaMiddleEast, Where: "on both shores of the Straits",
			Tenures: []Tenure{
				sovereign("ottoman-empire", "", "1922-11-01", "B", "occupied by the Allies 1920-03-16"),
				sovereign("turkey", "1923-10-29", "", "B", ""),
			},
		},
	}
}
