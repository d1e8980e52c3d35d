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
	insertWord      = prepared(`INSERT INTO user_words (word, user_id) VALUES ($1, $2) ON CONFLICT (word, user_id) DO NOTHING`)
	deleteWords     = prepared(`DELETE FROM user_words WHERE user_id = $1`)
	selectPlain     = prepared(`SELECT ` + userColumns + ` FROM users u WHERE u.id > $1 ORDER BY u.id LIMIT $2`)
	updatePlain     = prepared(`UPDATE users SET name_folded = $1, email_folded = $2 WHERE id = $3`)
	selectAllOwners = prepared(`SELECT ` + organisationColumns + ` FROM organisations`)
	updateOwnerName = prepared(`UPDATE organisations SET name_folded = $1 WHERE id = $2`)
	updateRoleName  = prepared(`UPDATE roles SET name_folded = $1 WHERE id = $2`)
	selectAllShelf  = prepared(`SELECT ` + serviceColumns + ` FROM services s`)
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
	return insertAll(ctx, tx.in, u)
}

func insertAll(ctx context.Context, in session, u hub.User) error {
	for _, word := range wordsOf(u) {
		if _, err := in.exec(ctx, insertWord, []any{word, u.ID}); err != nil {
			return err
		}
	}
	return nil
}

// fillLists is the part of migration 0011 that SQL cannot do alike on both databases: it folds names, and takes words and
// traits apart.
func fillLists(ctx context.Context, in session) error {
	r := Reader{from: held{in}}
	for after := ""; ; {
		users, err := list(ctx, r, selectPlain, scanUser, after, 1000)
		if err != nil || len(users) == 0 {
			if err != nil {
				return err
			}
			break
		}
		for _, u := range users {
			if _, err := in.exec(ctx, updatePlain, []any{hub.Fold(u.Name), hub.Fold(u.Email), u.ID}); err != nil {
				return err
			}
			if err := insertAll(ctx, in, u); err != nil {
				return err
			}
			after = u.ID
		}
	}
	return fillFew(ctx, in, r)
}

// fillFew does the same for the nouns of which there are few.
func fillFew(ctx context.Context, in session, r Reader) error {
	organisations, err := list(ctx, r, selectAllOwners, scanOrganisation)
	if err != nil {
		return err
	}
	for _, o := range organisations {
		if _, err := in.exec(ctx, updateOwnerName, []any{hub.Fold(o.Name), o.ID}); err != nil {
			return err
		}
	}
	roles, err := list(ctx, r, selectRoles, scanRole)
	if err != nil {
		return err
	}
	for _, role := range roles {
		if _, err := in.exec(ctx, updateRoleName, []any{hub.Fold(role.Name), role.ID}); err != nil {
			return err
		}
	}
	return fillTraits(ctx, in)
}

// fillTraits makes services findable by traits that are new.
func fillTraits(ctx context.Context, in session) error {
	services, err := list(ctx, Reader{from: held{in}}, selectAllShelf, scanService)
	if err != nil {
		return err
	}
	for _, s := range services {
		if err := insertTraits(ctx, in, s); err != nil {
			return err
		}
	}
	return nil
}
