package obligations

// stateAreas returns where the metropolitan territory of a state lies, by its
// Correlates of War number: all of it, and a part of it. The hundreds tell the
// part of the world; the rest are the exceptions that a region asks about. A
// number that is none lies nowhere.
func stateAreas(cow int) (in, partly Areas) {
	switch {
	case AmericanState(cow):
		return americanAreas(cow)
	case cow >= 200 && cow < 400:
		return europeanAreas(cow)
	case cow >= 400 && cow < 630:
		return AreaAfrica, shoreAreas(cow)
	case cow >= 630 && cow < 700:
		return middleEasternAreas(cow)
	case cow >= 700 && cow < 900:
		return asianAreas(cow)
	case cow == 983 || cow == 986 || cow == 987: // Marshall Islands, Palau, Micronesia
		return AreaOceania | AreaPacific | AreaWestPacific, AreaSoutheastAsia
	case cow >= 900 && cow < 1000:
		return AreaOceania | AreaPacific | AreaSoutheastAsia, 0
	}
	return 0, 0
}

// AmericanState reports whether a Correlates of War number is that of an
// independent state of the Americas: 2 (United States) to 165 (Uruguay). It says
// nothing of membership: Cuba remains one, Canada is one outside every pact.
func AmericanState(cow int) bool { return cow >= 2 && cow <= 165 }

func americanAreas(cow int) (in, partly Areas) {
	in = AreaRioRegion
	switch {
	case cow == 2 || cow == 20: // the United States and Canada have three coasts
		return in | AreaNorthAmerica, AreaPacific | AreaNorthAtlantic
	case cow == 70: // Mexico
		return in | AreaNorthAmerica, AreaPacific
	case cow == 31: // the Tropic of Cancer runs through the Bahamas
		return in | AreaCaribbean, AreaNorthAtlantic
	case cow < 70:
		return in | AreaCaribbean, 0
	case cow == 80: // Belize has no Pacific coast
		return in | AreaCentralAmerica, AreaNorthAmerica
	case cow < 99:
		return in | AreaCentralAmerica, AreaPacific | AreaNorthAmerica
	case cow == 99 || cow == 100 || cow == 130 || cow == 135 || cow == 155: // Colombia, Ecuador, Peru, Chile
		return in | AreaSouthAmerica, AreaPacific
	}
	return in | AreaSouthAmerica, 0
}

func europeanAreas(cow int) (in, partly Areas) {
	in, partly = AreaEurope, shoreAreas(cow)
	switch cow {
	case 365: // Russia and the Soviet Union lie in Europe and in Asia
		return 0, AreaEurope | AreaAsia | AreaPacific | AreaFarEast
	case 371, 372, 373: // Armenia, Georgia, Azerbaijan: south of the Caucasus
		return 0, AreaEurope | AreaAsia
	case 352: // Cyprus
		return AreaMediterranean, AreaEurope | AreaMiddleEast
	case 338: // Malta
		return in | AreaMediterranean, 0
	case 339, 341, 343, 345, 346, 347, 350, 355: // Albania to Bulgaria, Greece and Yugoslavia
		return in | AreaBalkans, partly
	case 344, 360: // Croatia and Romania lie on the edge
		return in, partly | AreaBalkans
	case 395: // Iceland
		return in | AreaNorthAtlantic, 0
	case 260: // West Germany
		return in | AreaOccupation1949, partly
	case 255, 305: // Germany and Austria, of which the three western powers held a part in 1949
		return in, partly | AreaOccupation1949
	case 300: // most of Austria-Hungary did not border on Romania
		return in, partly | AreaRomanianBorder | AreaBalkans
	}
	return in, partly
}

// shoreAreas returns the seas on which a state of Europe or Africa has a coast.
func shoreAreas(cow int) Areas {
	switch cow {
	case 220, 230, 600: // France, Spain, Morocco: both
		return AreaMediterranean | AreaEasternAtlantic
	case 300, 325, 329, 339, 341, 344, 345, 350, 615, 616, 620:
		return AreaMediterranean
	case 200, 205, 235: // the British Isles and Portugal
		return AreaEasternAtlantic
	}
	return 0
}

func middleEasternAreas(cow int) (in, partly Areas) {
	switch cow {
	case 640: // Turkey, and the Ottoman Empire before it
		return 0, AreaEurope | AreaBalkans | AreaMediterranean | AreaMiddleEast
	case 651:
		return AreaMiddleEast | AreaAfrica, AreaMediterranean
	case 652, 660, 666: // Syria, Lebanon, Israel
		return AreaMiddleEast, AreaMediterranean
	}
	return AreaMiddleEast, 0
}

func asianAreas(cow int) (in, partly Areas) {
	switch cow {
	case 710:
		return AreaAsia | AreaFarEast | AreaChina, AreaPacific | AreaManchuria
	case 713: // Taiwan; of China by both their accounts
		return AreaAsia | AreaFarEast | AreaPacific | AreaWestPacific, AreaChina
	case 730, 731, 732:
		return AreaAsia | AreaFarEast | AreaKorea, AreaPacific
	case 740:
		return AreaAsia | AreaFarEast | AreaPacific | AreaWestPacific, 0
	case 750: // India
		return AreaAsia | AreaIndia, 0
	case 770, 771: // Pakistan and Bangladesh were India before 1947; Burma was until 1937
		return AreaAsia | AreaIndia, 0
	case 840: // the Philippines
		return AreaAsia | AreaFarEast | AreaPacific | AreaWestPacific | AreaSoutheastAsia, 0
	case 850, 860: // Indonesia, Timor
		return AreaAsia | AreaFarEast | AreaSoutheastAsia, AreaPacific
	}
	if cow == 775 || cow >= 800 { // Burma, Thailand to Brunei
		return AreaAsia | AreaFarEast | AreaSoutheastAsia, 0
	}
	return AreaAsia, 0
}
