package web

// dialog is a question over a page about one thing, with what is done when it is answered. It has one URL: GET asks, POST does.
type dialog[T any] struct {
	find  func(v *visitor) (*T, error)                    // nil: the visitor was sent elsewhere
	below func(v *visitor, of *T) (framed, string, error) // the page, and its template
	fresh bool                                            // it needs a fresh sign-in, which is asked for before anything is typed
	ask   func(v *visitor, of *T, typed form, wrong mistakes) (*question, error)
	do    func(v *visitor, of *T, typed form) error // ends with an answer
}

// mountDialog mounts a dialog. Of the fields of its form those named in many may stand there several times.
func mountDialog[T any](p *Pages, page func(string, func(*visitor) error), at string, d dialog[T], many ...string) {
	page("GET "+at, func(v *visitor) error { return d.get(p, v) })
	page("POST "+at, func(v *visitor) error { return d.post(p, v, many) })
}

// get asks.
func (d dialog[T]) get(p *Pages, v *visitor) error {
	of, err := d.find(v)
	if of == nil || err != nil {
		return err
	}
	if d.fresh {
		if err := p.actor(v).StepUp(); err != nil {
			return err
		}
	}
	return d.draw(p, v, of, 200, p.kept(v), mistakes{})
}

// post does what was asked for, or asks again with what is wrong in the answer.
func (d dialog[T]) post(p *Pages, v *visitor, many []string) error {
	typed, err := readForm(v, many...)
	if err != nil {
		return err
	}
	of, err := d.find(v)
	if of == nil || err != nil {
		return err
	}
	err = d.do(v, of, typed)
	if err == nil {
		return nil
	}
	err = chosenGone(typed, err)
	wrong, mends := p.mistakes(v, err)
	if !mends {
		return err
	}
	return d.draw(p, v, of, statusOf(err), typed, wrong)
}

func (d dialog[T]) draw(p *Pages, v *visitor, of *T, status int, typed form, wrong mistakes) error {
	page, template, err := d.below(v, of)
	if err != nil {
		return err
	}
	q, err := d.ask(v, of, typed, wrong)
	if err != nil {
		return err
	}
	q.Wrong = wrong
	if q.Action == "" {
		q.Action = own(v)
	}
	page.ownFrame().over(string(q.Title), q)
	return p.draw(v, status, template, page)
}
