// Package table turns a CSV file of member spells into records for
// [ingest.Reconcile]. It is for data sets that have no importer of their own: a
// row of the file is the time that one state spent in one alliance, and a small
// mapping file in YAML says which column means what. The file keeps its own
// columns and codes.
//
// # The mapping file
//
// Every key is listed here; one that is not is refused. A value may be written
// with or without quotes, and a number or true counts as the text that it is.
//
//	source:                  # the record that every other one cites
//	  title: text            # required
//	  author: text
//	  published: 1998-05     # an EDTF date
//	  identifier: text       # a DOI or another number
//	  licence: text
//	coverage:                # for which days the file claims to be whole
//	  from: 1800-01-01       # required, a day
//	  through: 1950-12-31    # required, a day
//	  scope: text            # what counts; "The member spells of <title>." without
//	columns:
//	  alliance: pact         # required; see below on ids
//	  title: pact_name       # the title of the alliance; its text without
//	  state:                 # required
//	    column: member
//	    code: cow            # cow, cow-abbrev, gw, iso3, or id: an id of the ledger
//	  start: entered         # required; one column with a date,
//	  end:                   # or one for each of its parts; both forms do for both
//	    year: left_year      # required
//	    month: left_month
//	    day: left_day        # only with month
//	  end_means: last-day    # or first-day-out, which holds without the key
//	  open_values: [".", -9] # what stands for no date, besides an empty cell
//	  obligations:           # which column says who owes what; any of
//	    defense: def         # defense, offense, neutrality, nonaggression, consult
//	  yes_values: [1, x]     # what says yes there; 1, true and yes without
//	  no_values: [0, 9]      # what says no, besides an empty cell; 0, false and no without
//	options:
//	  delimiter: ";"         # or "," which holds without the key, or tab
//
// A name of a column is the text in the header of the CSV file, upper and lower
// case told apart, without the space around it. In yes_values and no_values
// case does not matter, and a value of the file that is in neither is an error:
// nothing is taken for a no just because nobody thought of it. Where numbers
// are compared, 1.0 is 1.
//
// # Dates
//
// A column that holds whole dates has EDTF dates, as [ledger.ParseWhen] reads
// them: 1949-04-04, 1949-04, 1949~. Intervals open to one side are refused. A
// month or a day that is empty, or one of open_values, is not known. An end that
// is empty, or one of open_values, has not come yet.
//
// The ledger counts to the first day out. With last-day a day is added, also
// where the date is not exact: the last day in August 1914 means the first day
// out from 1914-08-02 to 1914-09-01.
//
// # Alliances
//
// The id of an alliance is made of the text in its column: capital letters
// become small, letters lose their accents (æ, œ, ß and þ become ae, oe, ss and
// th), apostrophes go, and whatever else is no letter a to z and no digit
// becomes a single hyphen, at the ends nothing. An id of more than 64 bytes is
// cut to 55 and ends in a hyphen and the first eight hexadecimal digits of the
// SHA-256 sum of the text. Two texts with one id are an error.
//
// # States
//
// Which state a code means depends on the day, and [Options] says which did when.
// Where a code passed from one state to another while a row lasts, the first
// leaves on that day and the second joins. A day on which nobody bore it belongs
// to who bore it before, or else after; the dataset then records that it gives
// the state this code on these days. Leading zeros of numbers, and the case of
// letters, do not matter. A code that nobody ever bore is an error, as is one
// that two states bore on a day of the row.
//
// # What is recorded
//
// In the dataset: the source and the coverage. Of each alliance: what it is,
// that it entered into force at its earliest start, that it ended at its last
// end if all rows have one, when each state became a party and when it left
// (rows of one state that touch are one stay; who stays to the end leaves with
// the alliance), and one clause for each obligation. Those bear it who say yes in
// any of their rows, toward all other parties, from the entry into force; a note
// names those whose rows differ.
//
// Keys and citations hold texts of the file and never its line numbers, so that
// a row that is put in or moved changes the records of its own alliance only. A
// stay of a state is numbered by its place in time: where an earlier stay of the
// same state in the same alliance is put in, the later ones are corrected.
//
// The package reads and plans. It fetches nothing and never appends.
package table
