package obligations

import "strings"

// placesSouthAsia has India before and after 1947.
func placesSouthAsia() []Place {
	return []Place{
		{
			ID: "british-india", Name: "British India", Aliases: strings.Fields("northwest-frontier"), Kind: KindOverseas, Areas: AreaAsia | AreaIndia, Where: "in South Asia",
			Tenures: []Tenure{sovereign("united-kingdom", "1858-11-01", "1947-08-15", "B", "the Crown's rule")},
		},
		{
			ID: "goa", Name: "Goa, Daman and Diu", Aliases: strings.Fields("daman diu estado-da-india"), Kind: KindOverseas, Areas: AreaAsia, Partly: AreaIndia, Where: "15 degrees north in South Asia",
			Tenures: []Tenure{
				sovereign("portugal", "", "1961-12-19", "B", ""),
				sovereign("india", "1961-12-19", "", "A", "taken; recognised by Portugal 1974-12-31"),
				claimed("portugal", "1961-12-19", "1974-12-31", "B", ""),
			},
		},
		{
			ID: "sikkim", Name: "Sikkim", Kind: KindMetropolitan, Areas: AreaAsia | AreaIndia, Where: "in the Himalaya",
			Tenures: []Tenure{administered("india", "1950-12-05", "1975-05-16", "C", "protectorate"), sovereign("india", "1975-05-16", "", "B", "")},
		},
		{
			ID: "west-pakistan", Name: "West Pakistan", Aliases: strings.Fields("lahore karachi sialkot"), Kind: KindMetropolitan, Areas: AreaAsia | AreaIndia, Where: "in South Asia",
			Tenures: []Tenure{sovereign("pakistan", "1947-08-14", "", "A", "")},
		},
		{
			ID: "east-pakistan", Name: "East Pakistan", Aliases: strings.Fields("dacca east-bengal"), Kind: KindMetropolitan, Areas: AreaAsia | AreaIndia, Where: "in South Asia",
			Tenures: []Tenure{sovereign("pakistan", "1947-08-14", "1971-12-16", "B", ""), sovereign("bangladesh", "1971-12-16", "", "B", "surrender")},
		},
		{
			ID: "kashmir", Name: "Kashmir", Aliases: strings.Fields("jammu-and-kashmir kargil"), Kind: KindOccupied, Areas: AreaAsia | AreaIndia, Where: "in South Asia, divided by a line of control",
			Tenures: []Tenure{
				administered("india", "1947-10-27", "", "C", "the larger part; accession of 1947-10-26"),
				claimed("pakistan", "1947-10-27", "", "B", "holds the west and the north"),
			},
		},
		{
			ID: "tibet-region", Name: "Tibet", Aliases: strings.Fields("lhasa"), Kind: KindOccupied, Areas: AreaAsia, Partly: AreaChina, Where: "in Inner Asia",
			Tenures: []Tenure{
				sovereign("tibet", "1913-02-13", "1951-05-23", "C", "declared; not recognised"),
				sovereign("china", "1951-05-23", "", "B", "agreement of seventeen points"),
				claimed("china", "1913-02-13", "1951-05-23", "B", ""),
			},
		},
	}
}

// placesChina has China's coast and frontiers.
func placesChina() []Place {
	return []Place{
		{
			ID: "hong-kong", Name: "Hong Kong", Aliases: strings.Fields("kowloon"), Kind: KindOverseas, Areas: AreaAsia | AreaFarEast, Partly: AreaChina | AreaPacific,
			Where: "22 degrees 18 minutes north on the coast of China",
			Tenures: []Tenure{
				sovereign("china", "", "1842-08-29", "B", ""),
				sovereign("united-kingdom", "1842-08-29", "1997-07-01", "A", "Nanking to the Joint Declaration"),
				occupied("japan", "1941-12-25", "1945-08-30", "B", ""),
				sovereign("china", "1997-07-01", "", "A", ""),
			},
		},
		{
			ID: "macau", Name: "Macau", Aliases: strings.Fields("macao"), Kind: KindOverseas, Areas: AreaAsia | AreaFarEast, Partly: AreaChina | AreaPacific, Where: "22 degrees north on the coast of China",
			Tenures: []Tenure{
				sovereign("china", "", "", "C", "by the joint declaration of 1987 and by Portugal since 1979"),
				administered("portugal", "1887-12-01", "1999-12-20", "B", "treaty of 1887; settled since 1557"),
			},
		},
		{
			ID: "tsingtao", Name: "Kiaochow", Aliases: strings.Fields("kiaochow qingdao kiaochow-tsingtao shantung"), Kind: KindOverseas, Areas: AreaAsia | AreaFarEast | AreaChina, Where: "on the coast of China",
			Tenures: []Tenure{
				sovereign("china", "", "", "B", "kept under the lease"),
				administered("germany", "1898-03-06", "1914-11-07", "B", "lease"),
				occupied("japan", "1914-11-07", "1922-12-10", "B", "siege, to the treaty of Washington"),
			},
		},
		{
			ID: "port-arthur", Name: "Port Arthur and Dairen", Aliases: strings.Fields("kwantung liaotung dalian dairen"), Kind: KindOverseas,
			Areas: AreaAsia | AreaFarEast | AreaChina | AreaManchuria, Where: "in southern Manchuria",
			Tenures: []Tenure{
				sovereign("china", "", "", "B", "kept under the leases"),
				administered("russia", "1898-03-27", "1905-01-02", "B", "lease"),
				administered("japan", "1905-09-05", "1945-08-22", "B", "Portsmouth Art. V"),
				administered("soviet-union", "1945-08-22", "1955-05-26", "C", ""),
			},
		},
		{
			ID: "manchuria", Name: "Manchuria", Aliases: strings.Fields("mukden manchukuo"), Kind: KindOccupied, Areas: AreaAsia | AreaFarEast | AreaChina | AreaManchuria, Where: "in the north-east of China",
			Tenures: []Tenure{
				sovereign("china", "", "", "B", ""),
				occupied("russia", "1900-07-09", "1905-09-05", "C", ""),
				occupied("japan", "1931-09-18", "1945-08-15", "B", "from the Mukden incident; as Manchukuo 1932-03-01"),
			},
		},
		{
			ID: "ussuri", Name: "Ussuri frontier", Aliases: strings.Fields("damansky zhenbao ussuri-damansky amur"), Kind: KindMetropolitan, Areas: AreaAsia | AreaFarEast, Partly: AreaManchuria, Where: "in the Far East, on the Ussuri and the Amur",
			Tenures: []Tenure{
				sovereign("russia", "1860-11-14", "1922-12-30", "C", "treaty of Peking"),
				sovereign("soviet-union", "1922-12-30", "1991-05-16", "C", "Damansky became Chinese by the agreement of that day"),
				claimed("china", "", "1991-05-16", "B", ""),
				sovereign("china", "1991-05-16", "", "C", "the island"),
			},
		},
		{
			ID: "taiwan", Name: "Taiwan", Aliases: strings.Fields("formosa taipei"), Kind: KindMetropolitan, Areas: AreaAsia | AreaFarEast | AreaPacific | AreaWestPacific, Partly: AreaChina,
			Where: "23 degrees north in the western Pacific",
			Tenures: []Tenure{
				sovereign("china", "1683-10-08", "1895-05-08", "C", ""),
				sovereign("japan", "1895-05-08", "1945-10-25", "A", "Shimonoseki"),
				administered("china", "1945-10-25", "1949-12-08", "B", "Japan renounced it only on 1952-04-28"),
				administered("taiwan", "1949-12-08", "", "B", "the status is disputed"),
				claimed("china", "1949-12-08", "", "A", ""),
			},
		},
		{
			ID: "pescadores", Name: "Pescadores", Aliases: strings.Fields("penghu"), Kind: KindIsland, Areas: AreaAsia | AreaFarEast | AreaPacific | AreaWestPacific, Partly: AreaChina, Where: "23 degrees north in the Taiwan Strait",
			Tenures: []Tenure{
				sovereign("japan", "1895-05-08", "1945-10-25", "B", ""),
				administered("china", "1945-10-25", "1949-12-08", "B", ""),
				administered("taiwan", "1949-12-08", "", "B", ""),
				claimed("china", "1949-12-08", "", "A", ""),
			},
		},
		offshoreIsland("quemoy", "Quemoy", "kinmen jinmen", "", "B"),
		offshoreIsland("matsu", "Matsu", "mazu", "", "B"),
		offshoreIsland("dachen", "Dachen islands", "tachen yijiangshan", "1955-02-13", "C"),
	}
}

// offshoreIsland is one of the islands off the coast of Fujian and Zhejiang that
// stayed with Taipei.
func offshoreIsland(id PlaceID, name, aliases, until, grade string) Place {
	p := Place{
		ID: id, Name: name, Aliases: strings.Fields(aliases), Kind: KindIsland, Areas: AreaAsia | AreaFarEast | AreaChina,
		Partly: AreaPacific, Where: "off the coast of the Chinese mainland",
		Tenures: []Tenure{
			sovereign("china", "", "1949-12-08", "C", ""),
			administered("taiwan", "1949-12-08", until, grade, "Dachen was evacuated in the days before 1955-02-13"),
			claimed("china", "1949-12-08", until, "B", ""),
		},
	}
	if until != "" {
		p.Tenures = append(p.Tenures, sovereign("china", until, "", "C", "evacuated"))
	} else {
		p.Tenures[1].Note = ""
	}
	return p
}
