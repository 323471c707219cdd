// Package notify tells recipients: that money waits for them and where to say how
// they want it, that a deadline comes near, and how it ended. Notices go by
// mail (SMTP) and by short message ([SMS]); texts are in Japanese and English.
//
// # What a notice may say
//
// Who sends how much and why, until when, the link, how to tell that the message
// is genuine, and whom to ask. Never an account or member number, and never what
// is as good as money: the numbers for an ATM, a gift code. A mail can be read by
// others, on the way and later, so it leads to the page, which asks who opens it.
//
// # Outcomes
//
// Errors are *[remittance.RailError]. NotSent and RateLimited say that certainly
// nothing went out. Unknown says that it may have: a repeated notice is a
// nuisance and a missing one costs somebody their money, so it is sent again,
// and a mail carries the same Message-ID, by which mail programs and people
// recognise a repetition. Rejected means that this recipient will never be
// reached this way. Codes carry a server's numbers, never its words: those
// repeat the recipient's address.
//
// # Texts of a merchant
//
// [Settings].Overrides is a directory with a folder for each merchant that has
// texts of its own, and in it ja and en:
//
//	<overrides>/<merchant>/ja/link.txt
//
// A file named after a [Kind] replaces the blocks that it defines, of subject,
// lead (paragraphs separated by empty lines), button and sms:
//
//	{{define "subject"}}Your refund of {{.Amount}}{{end}}
//
// Where the words depend on how the money goes, a block asks for the way:
//
//	{{define "button"}}{{if eq .Way "aupay"}}Charge my wallet{{else}}Continue{{end}}{{end}}
//
// layout.txt and layout.html replace what is around them, and a file such as
// link.html is the layout of that kind alone. [Fields] is what they may use.
// [New] renders every text with samples and fails on whatever is wrong, so that
// a mistake shows at the start and not on the day of the first bounce.
package notify
