package mailbox

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// maxDepth bounds how deep parts may be nested.
const maxDepth = 5

var (
	// Japanese text follows an address without a space, so it ends where ASCII does.
	webAddress = regexp.MustCompile(`https?://[A-Za-z0-9._~:/?#@!$&()*+,;=%\[\]-]*[A-Za-z0-9_~/#=&%-]`)
	words      = mime.WordDecoder{CharsetReader: func(charset string, r io.Reader) (io.Reader, error) {
		enc, err := htmlindex.Get(charset)
		if err != nil {
			return nil, err
		}
		return enc.NewDecoder().Reader(r), nil
	}}
)

// decode fills in what raw says. What cannot be decoded is shown as it came: a
// mailbox that hides a broken message helps nobody who looks for the fault.
func (m *Message) decode() {
	if m.Kind == SMS {
		m.Text = string(m.raw)
	} else {
		m.decodeMail()
	}
	m.Links = webAddress.FindAllString(m.Text, -1)
	if m.Links == nil {
		m.Links = []string{}
	}
}

func (m *Message) decodeMail() {
	parsed, err := mail.ReadMessage(bytes.NewReader(m.raw))
	if err != nil {
		m.Text = string(m.raw)
		return
	}
	m.Subject = decodeWords(parsed.Header.Get("Subject"))
	m.MessageID = parsed.Header.Get("Message-ID")
	m.part(textproto.MIMEHeader(parsed.Header), parsed.Body, 0)
}

func decodeWords(header string) string {
	if text, err := words.DecodeHeader(header); err == nil {
		return text
	}
	return header
}

// part takes the first plain and the first HTML text.
func (m *Message) part(header textproto.MIMEHeader, body io.Reader, depth int) {
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") && depth < maxDepth {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err != nil {
				return
			}
			m.part(p.Header, p, depth+1)
		}
	}
	switch {
	case kind == "text/plain" && m.Text == "":
		m.Text = text(header, body, params["charset"])
	case kind == "text/html" && m.HTML == "":
		m.HTML = text(header, body, params["charset"])
	}
}

func text(header textproto.MIMEHeader, body io.Reader, charset string) string {
	switch strings.ToLower(header.Get("Content-Transfer-Encoding")) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	if enc, err := htmlindex.Get(charset); err == nil {
		body = enc.NewDecoder().Reader(body)
	}
	content, _ := io.ReadAll(body) // a part that breaks off is shown as far as it goes
	return strings.ReplaceAll(string(content), "\r\n", "\n")
}
