package obligations

import "strings"

// placesAfrica has the colonies and departments in Africa and beside it.
func placesAfrica() []Place {
	return []Place{
		{
			ID: "algerian-departments", Name: "Algerian departments of France", Aliases: strings.Fields("algeria algiers oran constantine"),
			Kind: KindOverseas, Areas: AreaAfrica, Partly: AreaMediterranean, Where: "in Africa",
			Tenures: []Tenure{
				sovereign("france", "1848-11-04", "1962-07-03", "B", "departments by the constitution of 1848"),
				sovereign("algeria", "1962-07-03", "", "A", "independence"),
			},
		},
		{
			ID: "saharan-algeria", Name: "Saharan departments", Aliases: strings.Fields("reggane tamanrasset"),
			Kind: KindOverseas, Areas: AreaAfrica, Where: "in Africa, apart from the northern departments since the law of 1957-01-10",
			Tenures: []Tenure{
				sovereign("france", "1902-12-24", "1962-07-03", "C", "southern territories, departments from 1957-08-07"),
				sovereign("algeria", "1962-07-03", "", "B", ""),
			},
		},
		{
			ID: "moroccan-protectorate", Name: "French protectorate in Morocco", Aliases: strings.Fields("casablanca"), Kind: KindOverseas,
			Areas: AreaAfrica, Partly: AreaMediterranean | AreaEasternAtlantic, Where: "in Africa",
			Tenures: []Tenure{
				sovereign("morocco", "", "", "B", "kept under the protectorate"),
				administered("france", "1912-03-30", "1956-03-02", "B", "treaty of Fez"),
			},
		},
		{
			ID: "tunisian-protectorate", Name: "French protectorate in Tunisia", Aliases: strings.Fields("bizerte tunis"), Kind: KindOverseas,
			Areas: AreaAfrica, Partly: AreaMediterranean, Where: "in Africa",
			Tenures: []Tenure{
				sovereign("tunisia", "", "", "B", "kept under the protectorate"),
				administered("france", "1881-05-12", "1956-03-20", "B", "treaty of Bardo"),
			},
		},
		{
			ID: "ceuta", Name: "Ceuta", Kind: KindOverseas, Areas: AreaAfrica | AreaMediterranean | AreaEUTerritory, Where: "35 degrees north on the mainland of Africa",
			Tenures: []Tenure{sovereign("spain", "1668-02-13", "", "B", "treaty of Lisbon"), claimed("morocco", "1956-03-02", "", "C", "")},
		},
		{
			ID: "melilla", Name: "Melilla", Kind: KindOverseas, Areas: AreaAfrica | AreaMediterranean | AreaEUTerritory, Where: "35 degrees north on the mainland of Africa",
			Tenures: []Tenure{sovereign("spain", "1497-09-17", "", "B", ""), claimed("morocco", "1956-03-02", "", "C", "")},
		},
		{
			ID: "reunion", Name: "Reunion", Kind: KindIsland, Areas: AreaAfrica | AreaEUTerritory, Where: "21 degrees south in the Indian Ocean",
			Tenures: []Tenure{sovereign("france", "1815-04-06", "", "C", "a department since 1946-03-19")},
		},
		{
			ID: "mayotte", Name: "Mayotte", Kind: KindIsland, Areas: AreaAfrica | AreaEUTerritory, Where: "12 degrees south in the Indian Ocean",
			Tenures: []Tenure{
				sovereign("france", "1843-06-13", "", "C", "outermost region since 2014-01-01 (decision 2012/419/EU)"),
				claimed("comoros", "1975-07-06", "", "B", ""),
			},
		},
		{
			ID: "chagos", Name: "Chagos Archipelago", Aliases: strings.Fields("diego-garcia british-indian-ocean-territory"),
			Kind: KindIsland, Areas: AreaAfrica | AreaEUOverseas, Where: "7 degrees south in the Indian Ocean",
			Tenures: []Tenure{sovereign("united-kingdom", "1814-05-30", "", "C", "treaty of Paris; disputed"), claimed("mauritius", "", "", "B", "day not known")},
		},
		{
			ID: "angola-colony", Name: "Portuguese Angola", Aliases: strings.Fields("luanda"), Kind: KindOverseas, Areas: AreaAfrica, Where: "in Africa",
			Tenures: []Tenure{sovereign("portugal", "", "1975-11-11", "B", ""), sovereign("angola", "1975-11-11", "", "B", "independence")},
		},
		{
			ID: "mozambique-colony", Name: "Portuguese Mozambique", Aliases: strings.Fields("lourenco-marques maputo"), Kind: KindOverseas, Areas: AreaAfrica, Where: "in Africa",
			Tenures: []Tenure{sovereign("portugal", "", "1975-06-25", "B", ""), sovereign("mozambique", "1975-06-25", "", "B", "independence")},
		},
		{
			ID: "portuguese-guinea", Name: "Portuguese Guinea", Aliases: strings.Fields("bissau"), Kind: KindOverseas, Areas: AreaAfrica, Where: "in Africa",
			Tenures: []Tenure{
				sovereign("portugal", "", "1974-09-10", "B", ""),
				sovereign("guinea-bissau", "1974-09-10", "", "B", "recognised by Portugal; declared 1973-09-24"),
			},
		},
		{
			ID: "libyan-colony", Name: "Italian Libya", Aliases: strings.Fields("cyrenaica tripolitania tobruk"), Kind: KindOverseas,
			Areas: AreaAfrica, Partly: AreaMediterranean, Where: "in Africa",
			Tenures: []Tenure{
				sovereign("ottoman-empire", "", "1912-10-18", "B", "to the peace of Ouchy"),
				sovereign("italy", "1912-10-18", "1947-09-15", "B", "treaty of peace Art. 23"),
				occupied("united-kingdom", "1943-01-23", "1951-12-24", "C", "Fezzan was under France"),
				sovereign("libya", "1951-12-24", "", "B", "independence"),
			},
		},
		{
			ID: "walvis-bay", Name: "Walvis Bay", Kind: KindOverseas, Areas: AreaAfrica, Where: "in Africa",
			Tenures: []Tenure{
				sovereign("united-kingdom", "1878-03-12", "1910-05-31", "C", ""),
				sovereign("south-africa", "1910-05-31", "1994-03-01", "C", ""),
				sovereign("namibia", "1994-03-01", "", "B", ""),
			},
		},
		{
			ID: "southern-cameroons", Name: "Southern Cameroons", Kind: KindOverseas, Areas: AreaAfrica, Where: "in Africa",
			Tenures: []Tenure{administered("united-kingdom", "1922-07-20", "1961-10-01", "B", "mandate, then trust"), sovereign("cameroon", "1961-10-01", "", "B", "")},
		},
		{
			ID: "northern-cameroons", Name: "Northern Cameroons", Kind: KindOverseas, Areas: AreaAfrica, Where: "in Africa",
			Tenures: []Tenure{administered("united-kingdom", "1922-07-20", "1961-06-01", "B", "mandate, then trust"), sovereign("nigeria", "1961-06-01", "", "B", "")},
		},
	}
}
