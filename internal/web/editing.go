package web

import (
	"context"
	"html/template"
	"reflect"
	"strings"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// versionName is the field that says from which state a form was filled.
const versionName = "version"

// edition is what a page has whose form was filled from one state of something.
type edition struct {
	Version  string   // of that state
	Conflict conflict // somebody else has changed it since
	Wrong    mistakes
}

func (e *edition) ownEdition() *edition { return e }

// conflict is that somebody else has changed what a form was filled from.
type conflict struct {
	Who  template.HTML // a sentence
	What template.HTML // is other now; empty: nobody has
}

// editable is a page with such a form.
type editable interface {
	framed
	ownEdition() *edition
}

// editing is the form on the page of something by which it is changed: Of is what the page is about, Row what is changed of it. It
// has one URL: GET shows the page, POST saves what was typed, unless somebody else was faster.
type editing[Of, Row any] struct {
	kind     string                        // of what is changed, in events
	template string                        // of the page
	many     []string                      // fields that may stand there several times
	find     func(v *visitor) (*Of, error) // nil: the visitor was sent elsewhere
	page     func(v *visitor, of *Of, typed form, wrong mistakes) (editable, error)
	id       func(of *Of) string
	updated  func(row *Row) time.Time
	edit     func(v *visitor, typed form) (func(row *Row), error)
	update   func(ctx context.Context, actor hub.Actor, id string, edit func(row *Row)) (Row, error)
	differs  func(v *visitor, of *Of, typed form) template.HTML // sentences of nowIs
	done     func(v *visitor, of *Of, row Row) error            // ends with an answer
}

// mountEditing mounts a page with its form.
func mountEditing[Of, Row any](p *Pages, page func(string, func(*visitor) error), at string, e editing[Of, Row]) {
	page("GET "+at, func(v *visitor) error {
		of, err := e.find(v)
		if of == nil || err != nil {
			return err
		}
		kept := p.kept(v)
		shown, err := e.page(v, of, kept, mistakes{})
		if err != nil {
			return err
		}
		if kept.any() && kept.text(versionName) != shown.ownEdition().Version {
			shown.ownEdition().Conflict = e.conflict(p, v, of, kept)
		}
		return p.show(v, e.template, shown)
	})
	page("POST "+at, func(v *visitor) error {
		typed, err := readForm(v, e.many...)
		if err != nil {
			return err
		}
		of, err := e.find(v)
		if of == nil || err != nil {
			return err
		}
		row, changed, err := e.save(p, v, of, typed)
		switch {
		case changed:
			return e.meanwhile(p, v, typed)
		case err == nil:
			return e.done(v, of, row)
		}
		err = chosenGone(typed, err)
		wrong, mends := p.mistakes(v, err)
		if !mends {
			return err
		}
		shown, trouble := e.page(v, of, typed, wrong)
		if trouble != nil {
			return trouble
		}
		return p.draw(v, statusOf(err), e.template, shown)
	})
}

// save changes what there is; changed says that somebody else did so since the form was filled, and that nothing was saved.
func (e editing[Of, Row]) save(p *Pages, v *visitor, of *Of, typed form) (row Row, changed bool, err error) {
	edit, err := e.edit(v, typed)
	if err != nil {
		return row, false, err
	}
	edit, other := unlessChanged(typed, func(row *Row) string { return stamp(e.updated(row)) }, edit)
	row, err = e.update(v.Context(), p.actor(v), e.id(of), edit)
	return row, err == nil && *other, err
}

// meanwhile shows a form again that was filled from what is no longer so, with who changed what. Saving once more is taken.
func (e editing[Of, Row]) meanwhile(p *Pages, v *visitor, typed form) error {
	of, err := e.find(v) // as it is now
	if of == nil || err != nil {
		return err
	}
	shown, err := e.page(v, of, typed, mistakes{})
	if err != nil {
		return err
	}
	shown.ownEdition().Conflict = e.conflict(p, v, of, typed)
	return p.drawMeanwhile(v, e.template, shown)
}

func (e editing[Of, Row]) conflict(p *Pages, v *visitor, of *Of, typed form) conflict {
	return conflict{Who: p.changedBy(v, e.kind, e.id(of)), What: v.nowOther(e.differs(v, of, typed))}
}

// unlessChanged gives an edit that does nothing if somebody else has changed the row since the form was filled, and whether that
// was so. A row that is already as the form wants it was not changed against it: the form came twice. A transaction may run an edit
// more than once: the last run counts.
func unlessChanged[Row any](typed form, state func(*Row) string, edit func(*Row)) (guarded func(*Row), changed *bool) {
	changed = new(bool)
	return func(row *Row) {
		wanted := *row
		edit(&wanted)
		*changed = state(row) != typed.text(versionName) && !reflect.DeepEqual(wanted, *row)
		if !*changed {
			*row = wanted
		}
	}, changed
}

// drawMeanwhile draws a page with a conflict, and tells whoever keeps account of refusals.
func (p *Pages) drawMeanwhile(v *visitor, name string, page framed) error {
	err := fault.New(fault.Conflict, "it was changed meanwhile by somebody else")
	p.refused(v, err)
	return p.draw(v, statusOf(err), name, page)
}

// changedBy says who changed something last, for whoever may know.
func (p *Pages) changedBy(v *visitor, kind, id string) template.HTML {
	last := p.lastAuthor(v, kind, id)
	if last.AuthorName == "" {
		return v.say("conflict.title")
	}
	return template.HTML(string(v.say("conflict.by", "name", last.AuthorName)) + " " + string(v.Amid(last.At)) + ".")
}

// lastAuthor gives the last event about something, which says who changed it; empty for who may not know.
func (p *Pages) lastAuthor(v *visitor, kind, id string) hub.Event {
	where := query.All(query.Is("target", id), query.Is("kind", kind))
	found, err := p.Events.Events(v.Context(), p.actor(v), query.List{Where: where, Limit: 1})
	if err != nil || len(found.Items) == 0 {
		return hub.Event{}
	}
	return found.Items[0]
}

// says tells in which fields something is other now than in a form that was filled from an earlier state: by threes the field, the
// key of what it is called, and its value now.
func (v *visitor) says(typed form, fields ...string) template.HTML {
	var what template.HTML
	for i := 0; i+2 < len(fields); i += 3 {
		if strings.TrimSpace(typed.text(fields[i])) != fields[i+2] {
			what += v.nowIs(fields[i+1], fields[i+2])
		}
	}
	return what
}

// turned tells of a box, by the key of what it is called, that is other now than in such a form.
func (v *visitor) turned(typed form, name, key string, on bool) template.HTML {
	if typed.has(name) == on {
		return ""
	}
	return v.nowIs(key, v.plain(yesOrNo(on)))
}

// yesOrNo is the key of what people call a box.
func yesOrNo(on bool) string {
	if on {
		return "yes"
	}
	return "no"
}

// moved tells of the organisation to which something belongs, if that is another now than in such a form.
func (p *Pages) moved(v *visitor, typed form, organisation string) template.HTML {
	if !typed.values.Has("organisation") || typed.text("organisation") == organisation {
		return ""
	}
	name := v.plain("organisation.none")
	if organisation != "" {
		found, err := p.Directory.Organisation(v.Context(), p.actor(v), organisation)
		if name = found.Name; err != nil {
			name = organisation
		}
	}
	return v.nowIs("column.organisation", name)
}

// nowIs tells of one field, by the key of what it is called, which value it has now; nowOther puts such sentences together.
func (v *visitor) nowIs(key, value string) template.HTML {
	return v.say("conflict.was", "field", v.plain(key), "value", value) + " "
}

func (v *visitor) nowOther(what template.HTML) template.HTML {
	return template.HTML(strings.ReplaceAll(string(v.say("conflict.text")), "{what}", string(what)))
}
