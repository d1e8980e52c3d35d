package store

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"example.org/hub/internal/hub"
)

// Free text finds a user by the beginning of the login or of any word of the name. Each of these is a row of user_words in a
// plain form, so that any such search is one range of one index. E-mail addresses are not among them: not everybody who may
// look for people may see those.

const (
	mostWords  = 16  // rows of one user
	longestRow = 100 // characters of one row; what is searched for is cut alike
)

var (
	insertWord  = prepared(`INSERT INTO user_words (word, user_id) VALUES ($1, $2) ON CONFLICT (word, user_id) DO NOTHING`)
	deleteWords = prepared(`DELETE FROM user_words WHERE user_id = $1`)
)

// plain is the form in which free text is compared: folded, nothing but letters and digits, one blank between words and one
// behind the last, so that a whole word is told from the beginning of one.
func plain(text string) string {
	words := strings.FieldsFunc(hub.Fold(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	if len(words) == 0 {
		return ""
	}
	return cut(strings.Join(words, " ") + " ")
}

// cut ends a text that is too long for a row.
func cut(text string) string {
	if runes := []rune(text); len(runes) > longestRow {
		return string(runes[:longestRow])
	}
	return text
}

// wordsOf gives the rows of a user. What begins another row is left out, since whoever finds it finds the other.
func wordsOf(u hub.User) []string {
	all := []string{plain(u.Login)}
	for name := plain(u.Name); name != ""; _, name, _ = strings.Cut(name, " ") {
		all = append(all, name)
	}
	slices.Sort(all)
	var kept []string
	for i, word := range all {
		if word != "" && (i+1 == len(all) || !strings.HasPrefix(all[i+1], word)) && len(kept) < mostWords {
			kept = append(kept, word)
		}
	}
	return kept
}

// setWords makes a user findable as it is now.
func (tx *Tx) setWords(ctx context.Context, u hub.User) error {
	if _, err := tx.exec(ctx, deleteWords, u.ID); err != nil {
		return err
	}
	return insertWords(ctx, tx.in, u)
}

func insertWords(ctx context.Context, in session, u hub.User) error {
	for _, word := range wordsOf(u) {
		if _, err := in.exec(ctx, insertWord, []any{word, u.ID}); err != nil {
			return err
		}
	}
	return nil
}
