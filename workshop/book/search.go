package main

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// An entry is what the search can find: a section of a page.
type entry struct {
	Path  string `json:"path"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// searchIndex is an index in the form in which MiniSearch writes and reads it,
// so that the browser has nothing to do but look.
func (s *site) searchIndex() ([]byte, error) {
	var all []entry
	for _, r := range s.order() {
		p, err := s.page(r.Path)
		if err != nil {
			return nil, err
		}
		all = append(all, p.docs...)
	}
	return index(all)
}

// index counts the words of each field of the entries.
func index(all []entry) ([]byte, error) {
	fields := []func(entry) string{
		func(e entry) string { return e.Title },
		func(e entry) string { return e.Text },
	}
	ids, stored := make(map[string]int), make(map[string]entry)
	lengths := make(map[string][]int)
	sums := make([]float64, len(fields))
	terms := make(map[string]map[string]map[string]int) // term, field, entry: how often
	for i, e := range all {
		id := strconv.Itoa(i)
		ids[id], stored[id] = i, e
		for f, text := range fields {
			counts, different := make(map[string]int), make(map[string]bool)
			for _, word := range words(text(e)) {
				different[word] = true
				if word != "" {
					counts[strings.ToLower(word)]++
				}
			}
			lengths[id] = append(lengths[id], len(different))
			sums[f] += float64(len(different))
			for word, n := range counts {
				field := strconv.Itoa(f)
				if terms[word] == nil {
					terms[word] = make(map[string]map[string]int)
				}
				if terms[word][field] == nil {
					terms[word][field] = make(map[string]int)
				}
				terms[word][field][id] = n
			}
		}
	}
	for f := range sums {
		sums[f] /= float64(max(1, len(all)))
	}
	sorted := [][]any{}
	for _, word := range slices.Sorted(maps.Keys(terms)) {
		sorted = append(sorted, []any{word, terms[word]})
	}
	return json.Marshal(map[string]any{
		"documentCount": len(all), "nextId": len(all), "documentIds": ids,
		"fieldIds": map[string]int{"title": 0, "text": 1}, "fieldLength": lengths, "averageFieldLength": sums,
		"storedFields": stored, "dirtCount": 0, "index": sorted, "serializationVersion": 2,
	})
}

// words are those that MiniSearch's own tokenizer finds: what stands between
// spaces and punctuation, be it nothing at the ends.
func words(text string) []string { return between.Split(text, -1) }

var between = regexp.MustCompile(`[\n\r\p{Z}\p{P}]+`)
