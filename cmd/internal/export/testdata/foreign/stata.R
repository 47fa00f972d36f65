# Reads members.dta with haven and members.csv with read.csv.
args <- commandArgs(trailingOnly = TRUE)
library(haven)
same <- function(what, got, want) {
  if (!isTRUE(all.equal(got, want))) stop(what, ": ", paste(format(got), collapse = " "), ", want ", paste(format(want), collapse = " "))
}
d <- read_dta(args[1])
same("columns", names(d), c("state", "year", "member", "allies", "balance", "code", "since", "name", "remark"))
same("rows", nrow(d), 6L)
same("year", as.numeric(d$year), c(1648, 1839, 1952, 1959, 1960, 2100))
for (column in c("member", "allies", "balance", "code", "since")) {
  v <- d[[column]]
  same(paste("tags of", column), na_tag(if (column == "since") unclass(v) else v)[3:5], c(NA, "a", "b"))
  same(paste("missing in", column), is.na(v)[1:5], c(FALSE, FALSE, TRUE, TRUE, TRUE))
}
same("tag of member", na_tag(d$member)[6], "c")
same("tag of since", na_tag(unclass(d$since))[6], "c")
same("code", as.numeric(d$code)[c(1, 2, 6)], c(-2147483647, 2147483620, 0))
same("since", format(d$since[1:2]), c("1648-10-24", "1839-04-19"))
labels <- attr(d$member, "labels")
same("labels", names(labels), c("no", "yes", "not covered", "no such state then", "date unknown"))
same("tags of labels", na_tag(labels)[3:5], c("a", "b", "c"))
same("label", attr(d$name, "label"), "Name in the language of the state")
# haven drops blanks at the end of a text; they are in the file.
same("name", enc2utf8(as.character(d$name)), c("\u00d6sterreich", "\"Belgi\u00eb\", Belgique",
  "\u0395\u03bb\u03bb\u03ac\u03b4\u03b1\n\u0395\u03bb\u03bb\u03b7\u03bd\u03b9\u03ba\u03ae", "\u65e5\u672c <&>", " \uc870\uc120", ""))
same("remark", nchar(as.character(d$remark)), c(2700L, 0L, 0L, 1L, 4L, 2L))
if (!any(grepl("Known up to sequence: 4711", attr(d, "notes"), fixed = TRUE))) stop("notes: ", paste(attr(d, "notes"), collapse = "; "))
c0 <- read.csv(args[2], encoding = "UTF-8", na.strings = "", colClasses = c(since = "Date"))
same("CSV rows", dim(c0), c(6L, 9L))
same("CSV code", c0$code, c(-2147483647L, 2147483620L, NA, NA, NA, 0L))
same("CSV since", format(c0$since[1]), "1648-10-24")
same("CSV text NA", c0$remark[6], "NA")
cat("R ", as.character(getRversion()), ", haven ", as.character(packageVersion("haven")), "\n", sep = "")
