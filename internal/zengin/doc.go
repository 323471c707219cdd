// Package zengin knows how Japanese banks name each other and their customers:
// the codes of every bank and branch, the form of an account, and the letters
// a bank keeps an account name in.
//
//   - [Load] gives the directory of banks and branches, embedded in the program
//     ([Version] says from which day), with look-up and search.
//   - [ParseAccount] checks what a person typed about a payee's account and
//     reports every field that is wrong at once.
//   - [NormalizeName] writes an account name as the bank will see it.
//   - [SymbolToAccount] and [AccountToSymbol] convert Japan Post Bank's symbol
//     and number.
//
// Account numbers and names are personal data. [PayeeAccount] and [Name] print
// masked whatever prints them; their accessors give the plain values.
package zengin
