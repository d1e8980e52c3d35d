package web

const askAccessPath = "/help/access"

// mountAskAccess mounts what the page posts that says which permission is missing.
func (p *Pages) mountAskAccess(page func(string, func(*visitor) error)) {
	page("GET "+askAccessPath, p.instead("/"))
	page("POST "+askAccessPath, p.askAccess)
}

func (p *Pages) askAccess(v *visitor) error {
	typed, err := readForm(v)
	if err != nil {
		return err
	}
	if !p.signedIn(v) {
		return nil
	}
	permission := typed.text("permission")
	if err := p.Directory.AskAccess(v.Context(), p.actor(v), permission); err != nil {
		return err
	}
	return p.done(v, "/", "error.asked", "permission", v.permission(permission))
}
