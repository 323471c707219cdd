// Package calendar knows on which days and until which hour Japanese banks
// work. Every answer is in Japan's time, whatever zone the program runs in.
//
// Bank holidays follow the Banking Act, article 15 paragraph 1, and its
// Enforcement Order, article 5 paragraph 1: Sundays, Saturdays, the holidays
// of the Act on National Holidays, and 31 December to 3 January.
package calendar
