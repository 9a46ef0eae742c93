// Package png is what rapid needs of image/png for the same drawing.
package png

import (
	"errors"
	"image"
	"io"
)

const BestCompression = 0

type Encoder struct{ CompressionLevel int }

func (*Encoder) Encode(io.Writer, image.Image) error { return errors.ErrUnsupported }
