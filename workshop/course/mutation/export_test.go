package mutation

// Alone is the file with one mutant, counted from 1, as its author would have written it.
func (f *File) Alone(n int) []byte { return f.with(f.Mutants[n-1].edits, "") }
