# R's tools on the same input: prints the seconds of the whole work, by the clock and by the processors.
#     Rscript bench/topics/peers.R NAME FOLDER       (FOLDER/input.csv, from topics/for_r.py)
suppressPackageStartupMessages({
  words <- commandArgs(trailingOnly = TRUE)
  given <- read.csv(file.path(words[2], "input.csv"))
  took <- function(work) {
    times <- system.time(work)
    c(times[["elapsed"]], times[["user.self"]] + times[["sys.self"]])
  }
  weekly <- function() surveillance::sts(as.matrix(given), frequency = 52, start = c(2010, 1))
  judged <- function(range) took(surveillance::farringtonFlexible(weekly(), control = list(range = range)))
  peers <- list(
    farrington = function() judged(520) * 1000 / ncol(given),
    farrington_every_week = function() judged(264:520) * 100 / ncol(given),
    ears = function() {
      took(surveillance::earsC(weekly(), control = list(method = "C2"))) * 1000 / ncol(given)
    },
    stl = function() took(for (s in given) stats::stl(ts(s, frequency = 12), s.window = 7)),
    survey = function() {
      took({
        d <- survey::svydesign(ids = ~cluster, strata = ~stratum, weights = ~w, data = given, nest = TRUE)
        survey::svyby(~y, ~by, d, survey::svymean)
      })
    }
  )
  seconds <- NULL
  invisible(capture.output(seconds <- peers[[words[1]]]()))
})
cat(seconds, "\n")
