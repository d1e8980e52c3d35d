package declare

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// Options say how a document is held against a database.
type Options struct {
	Actor  hub.Actor                   // in whose name events are written; who may do all
	Prune  bool                        // delete what the sections that are there do not mention
	Getenv func(string) (string, bool) // for {env: NAME}; nil: os.LookupEnv
}

// Verb is what happens to a noun.
type Verb string

// The verbs.
const (
	Create Verb = "create"
	Update Verb = "update"
	Delete Verb = "delete"
)

// Change is what happens to one noun.
type Change struct {
	Verb        Verb
	What        string // "service"
	ID          string
	Made        bool // the id was made up, since the document gives none: another plan makes up another
	Name        string
	Environment hub.Environment // empty for what belongs to none
	Keys        []KeyChange
	line        int
	write       func(ctx context.Context, w *applying) error
}

// KeyChange is what happens to one key of it, as the form writes values. Of keys that hold secrets it says only that they
// change: From and To are empty and Secret is set.
type KeyChange struct {
	Key      string
	From, To string // empty: not set
	Secret   bool
}

// Difference is what has to change in a database for it to hold what a document declares.
type Difference struct {
	Changes []Change
	Notes   []string // what is no mistake, but may be none of what was meant either
}

// Empty reports whether there is nothing to do.
func (d Difference) Empty() bool { return len(d.Changes) == 0 }

// Count gives how many nouns are created, updated and deleted.
func (d Difference) Count() (created, updated, deleted int) {
	for _, change := range d.Changes {
		switch change.Verb {
		case Create:
			created++
		case Update:
			updated++
		case Delete:
			deleted++
		}
	}
	return created, updated, deleted
}

// String is the difference for people: an entry for each noun, a line for each key. No secret is in it.
func (d Difference) String() string {
	var text strings.Builder
	for _, change := range d.Changes {
		text.WriteString(change.String())
	}
	d.Remark(&text)
	created, updated, deleted := d.Count()
	if d.Empty() {
		text.WriteString("nothing to do\n")
	} else {
		fmt.Fprintf(&text, "%d to create, %d to update, %d to delete\n", created, updated, deleted)
	}
	return text.String()
}

// Remark writes the notes, a line for each.
func (d Difference) Remark(w io.Writer) {
	for _, note := range d.Notes {
		fmt.Fprintf(w, "note: %s\n", note)
	}
}

// Introduce writes a line for each service, API client and app whose id was made up: whoever sets up the client needs it.
func (d Difference) Introduce(w io.Writer) {
	for _, c := range d.Changes {
		if word := map[string]string{"service": "client_id", "API client": "client_id", "app": "app_id"}[c.What]; c.Made && word != "" {
			fmt.Fprintf(w, "  %s %s (%s): %s %s\n", c.What, printable(c.Name), c.Environment, word, c.ID)
		}
	}
}

// String is the change as it stands in a plan.
func (c Change) String() string {
	var text strings.Builder
	sign := map[Verb]string{Create: "+", Update: "~", Delete: "-"}[c.Verb]
	fmt.Fprintf(&text, "%s %s %s", sign, c.What, printable(c.Name))
	if c.Environment != "" {
		fmt.Fprintf(&text, " (%s)", c.Environment)
	}
	text.WriteByte('\n')
	for _, key := range c.Keys {
		switch {
		case key.Secret && c.Verb == Create:
			fmt.Fprintf(&text, "    %s: (secret)\n", key.Key)
		case key.Secret:
			fmt.Fprintf(&text, "    %s: changes (secret)\n", key.Key)
		case c.Made && (key.Key == "id" || key.Key == "appId"):
			fmt.Fprintf(&text, "    %s: (made when it is applied)\n", key.Key)
		case c.Verb == Create:
			fmt.Fprintf(&text, "    %s: %s\n", key.Key, key.To)
		default:
			fmt.Fprintf(&text, "    %s: %s -> %s\n", key.Key, orNone(key.From), orNone(key.To))
		}
	}
	return text.String()
}

func orNone(value string) string {
	if value == "" {
		return "(not set)"
	}
	return value
}

// printable is a name as it may be shown on a terminal.
func printable(name string) string {
	if plain(name) {
		return name
	}
	return quoted(name)
}

// Plan holds a document against a database and writes nothing.
//
// Errors: fault.Invalid with a line FILE:LINE for each thing that is wrong with the document: references to nothing, names
// that are taken, values that are not allowed; fault.Unavailable in database trouble.
func Plan(ctx context.Context, s *store.Store, master *secret.Master, document *Document, options Options) (Difference, error) {
	current, err := view(ctx, s, document)
	if err != nil {
		return Difference{}, err
	}
	difference, err := compare(current, master, document, options, newMemory(), s.Now())
	if err != nil {
		return Difference{}, err
	}
	return *difference, nil
}

// view reads one state of the database. What takes long is done after it, since a transaction that does nothing for long
// is ended by the server.
func view(ctx context.Context, s *store.Store, document *Document) (*state, error) {
	var current *state
	err := s.View(ctx, func(r store.Reader) (err error) {
		current, err = loadFor(ctx, r, document)
		return err
	})
	return current, err
}

// compare holds a document against a state, which it does not change. What is new in it begins now.
func compare(current *state, master *secret.Master, document *Document, options Options, m *memory, now time.Time) (*Difference, error) {
	p := &planner{
		problems: problems{file: document.Name}, document: document, master: master, state: current, index: newIndex(current),
		getenv: options.Getenv, memory: m, actor: options.Actor, prune: options.Prune, now: now, plan: &Difference{},
		formers: map[string]string{}, missing: map[string]bool{},
	}
	if p.getenv == nil {
		p.getenv = os.LookupEnv
	}
	p.identify()
	p.want()
	if err := p.err(); err != nil {
		return nil, err
	}
	return p.plan, nil
}

// loadFor reads the state with the secrets of those services of which the document gives some.
func loadFor(ctx context.Context, r store.Reader, document *Document) (*state, error) {
	current, err := load(ctx, r)
	if err != nil {
		return nil, err
	}
	given := map[string]bool{}
	for i := range document.Services.All {
		s := &document.Services.All[i]
		if s.Secrets.Set || s.Public.Set {
			for _, name := range []string{s.ID.Value, s.Key.Value, s.Name.Value} {
				given[within(environmentOf(s.Environment), hub.Fold(name))] = true
			}
		}
	}
	for i := range current.services {
		s := &current.services[i]
		for _, name := range []string{s.ID, s.Key, s.Name} {
			if given[within(s.Environment, hub.Fold(name))] {
				if err := s.loadSecrets(ctx, r); err != nil {
					return nil, err
				}
				break
			}
		}
	}
	return current, nil
}

// change notes a difference if there is one, by describing what is and what is wanted. old is nil for what is new.
func change[D any](p *planner, table fields[D], old, wanted *D, c Change) {
	for _, f := range table {
		from, to := "", ""
		if old != nil && f.mark(old).Set {
			from = written(f, old)
		}
		if f.mark(wanted).Set {
			to = written(f, wanted)
		}
		if from == to {
			continue
		}
		if f.quiet {
			from, to = "", ""
		}
		c.Keys = append(c.Keys, KeyChange{Key: f.key, From: from, To: to, Secret: f.quiet})
	}
	if c.Verb = Update; old == nil {
		c.Verb, c.Made = Create, p.memory.made[c.ID]
	}
	if len(c.Keys) > 0 || old == nil {
		p.plan.Changes = append(p.plan.Changes, c)
	}
}

func written[D any](f field[D], noun *D) string {
	var w writer
	f.write(&w, noun)
	return string(w.take())
}
