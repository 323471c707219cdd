package notify

import (
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"soukin/remittance"
)

//go:embed texts
var embedded embed.FS

// ErrTexts is wrapped by errors about a merchant's own texts; the message names
// the file and what is wrong with it.
var ErrTexts = errors.New("notice texts")

// The blocks of a kind's file.
const (
	blockSubject = "subject"
	blockLead    = "lead"
	blockButton  = "button"
	blockSMS     = "sms"

	layoutText = "layout.txt"
	layoutHTML = "layout.html"
)

var (
	blocks    = []string{blockSubject, blockLead, blockButton, blockSMS}
	languages = []remittance.Lang{remittance.Ja, remittance.En}
)

// wording is all texts of one sender in one language.
type wording struct {
	kinds map[Kind]*template.Template
	plain map[Kind]*template.Template
	html  map[Kind]*htmltemplate.Template
}

// texts is the wording of everybody.
type texts struct {
	own       map[remittance.Lang]wording
	merchants map[remittance.MerchantID]map[remittance.Lang]wording
}

func (t texts) of(m remittance.MerchantID, l remittance.Lang) wording {
	if w, ok := t.merchants[m][l]; ok {
		return w
	}
	return t.own[l]
}

// loadTexts reads our texts and those in the directory of overrides, if it is
// not empty. Errors: [ErrTexts], each broken file with its own message.
func loadTexts(overrides string) (texts, error) {
	t := texts{own: map[remittance.Lang]wording{}, merchants: map[remittance.MerchantID]map[remittance.Lang]wording{}}
	var err error
	for _, l := range languages {
		if t.own[l], err = loadWording(l, nil); err != nil {
			return texts{}, fmt.Errorf("%w: %w", ErrTexts, err)
		}
	}
	if overrides == "" {
		return t, nil
	}
	dir := os.DirFS(overrides)
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return texts{}, fmt.Errorf("%w: %w", ErrTexts, err)
	}
	var errs []error
	for _, e := range visible(entries) {
		id, err := remittance.ParseMerchantID(e.Name())
		if err != nil {
			errs = append(errs, fmt.Errorf("%w: %s: a folder must be named after a merchant: %w", ErrTexts, e.Name(), err))
			continue
		}
		if t.merchants[id], err = loadMerchant(dir, e.Name()); err != nil {
			errs = append(errs, fmt.Errorf("%w: %w", ErrTexts, err))
		}
	}
	return t, errors.Join(errs...)
}

// visible leaves out what editors and version control put into directories.
func visible(entries []fs.DirEntry) []fs.DirEntry {
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") })
}

func loadMerchant(dir fs.FS, name string) (map[remittance.Lang]wording, error) {
	entries, err := fs.ReadDir(dir, name)
	if err != nil {
		return nil, err
	}
	out := map[remittance.Lang]wording{}
	for _, e := range visible(entries) {
		l := remittance.Lang(e.Name())
		if !slices.Contains(languages, l) {
			return nil, fmt.Errorf("%s: a folder must be one of %v", path.Join(name, e.Name()), languages)
		}
		sub, err := fs.Sub(dir, path.Join(name, e.Name()))
		if err != nil {
			return nil, err
		}
		w, err := loadWording(l, sub)
		if err == nil {
			err = w.try(l)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path.Join(name, e.Name()), err)
		}
		out[l] = w
	}
	return out, nil
}

// loadWording reads our files of a language with a merchant's over them.
func loadWording(l remittance.Lang, over fs.FS) (wording, error) {
	own, err := fs.Sub(embedded, path.Join("texts", string(l)))
	if err != nil {
		return wording{}, err
	}
	w := wording{map[Kind]*template.Template{}, map[Kind]*template.Template{}, map[Kind]*htmltemplate.Template{}}
	files, err := overFiles(over)
	if err != nil {
		return wording{}, err
	}
	for _, k := range Kinds() {
		if w.kinds[k], err = loadKind(own, files, string(k)+".txt"); err != nil {
			return wording{}, err
		}
		plain, err := firstOf(own, files, layoutText)
		if err != nil {
			return wording{}, err
		}
		if w.plain[k], err = template.New(layoutText).Parse(plain); err != nil {
			return wording{}, err
		}
		page, err := firstOf(own, files, string(k)+".html", layoutHTML)
		if err != nil {
			return wording{}, err
		}
		if w.html[k], err = htmltemplate.New(string(k) + ".html").Parse(page); err != nil {
			return wording{}, err
		}
	}
	return w, nil
}

// overFiles reads a merchant's files. One that nothing would ever use is an
// error, or a slip in a name would go unnoticed.
func overFiles(over fs.FS) (map[string]string, error) {
	if over == nil {
		return nil, nil
	}
	entries, err := fs.ReadDir(over, ".")
	if err != nil {
		return nil, err
	}
	known := []string{layoutText, layoutHTML}
	for _, k := range Kinds() {
		known = append(known, string(k)+".txt", string(k)+".html")
	}
	out := map[string]string{}
	for _, e := range visible(entries) {
		if !slices.Contains(known, e.Name()) {
			return nil, fmt.Errorf("%s: no such text; there are %s", e.Name(), strings.Join(known, ", "))
		}
		content, err := fs.ReadFile(over, e.Name())
		if err != nil {
			return nil, err
		}
		out[e.Name()] = string(content)
	}
	return out, nil
}

// firstOf gives the first of the names that the merchant has, or else our file
// of the last name.
func firstOf(own fs.FS, files map[string]string, names ...string) (string, error) {
	for _, name := range names {
		if content, ok := files[name]; ok {
			return content, nil
		}
	}
	content, err := fs.ReadFile(own, names[len(names)-1])
	return string(content), err
}

func loadKind(own fs.FS, files map[string]string, name string) (*template.Template, error) {
	base, err := fs.ReadFile(own, name)
	if err != nil {
		return nil, err
	}
	t, err := template.New(name).Parse(string(base))
	if err != nil {
		return nil, err
	}
	if err := onlyBlocks(name, files[name]); err != nil {
		return nil, err
	}
	return t.Parse(files[name])
}

// onlyBlocks refuses text that no block would show.
func onlyBlocks(name, content string) error {
	t, err := template.New(name).Parse(content)
	if err != nil {
		return err
	}
	for _, part := range t.Templates() {
		if part.Name() == name {
			if !parse.IsEmptyTree(part.Root) {
				return fmt.Errorf("%s: has text outside of its blocks; write {{define \"lead\"}}…{{end}}", name)
			}
			continue
		}
		if !slices.Contains(blocks, part.Name()) {
			return fmt.Errorf("%s: defines %q; the blocks are %s", name, part.Name(), strings.Join(blocks, ", "))
		}
		// Package template would silently keep ours instead.
		if parse.IsEmptyTree(part.Root) {
			return fmt.Errorf("%s: the block %q is empty; leave it out to keep the usual text", name, part.Name())
		}
	}
	return nil
}
