// Package template is what rapid needs of html/template, to draw what it does with
// a flag that no browser sets. A program with templates keeps every exported method
// of all that it is linked from: it is twice as large, and takes twice as long to link.
package template

import (
	"errors"
	"io"
)

type (
	CSS      string
	Template struct{}
)

func New(string) *Template { return new(Template) }

func Must(t *Template, _ error) *Template { return t }

func (t *Template) Parse(string) (*Template, error) { return t, nil }

func (*Template) Execute(io.Writer, any) error { return errors.ErrUnsupported }
