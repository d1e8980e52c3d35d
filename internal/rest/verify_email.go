package rest

// verifyContact mails a code to the address of a user, which proves that the address is theirs.
func (a *API) verifyContact(c *call) (any, error) {
	seen, err := a.seenUser(c)
	if err != nil {
		return nil, err
	}
	return nothing{}, a.Directory.AskEmailCode(c.Context(), c.actor, seen.ID)
}

// confirmContact takes the code that was mailed: {code}.
func (a *API) confirmContact(c *call, in object) (any, error) {
	var code string
	in.text("code", &code)
	if err := in.wrong(); err != nil {
		return nil, err
	}
	seen, err := a.seenUser(c)
	if err != nil {
		return nil, err
	}
	user, err := a.Directory.ConfirmEmail(c.Context(), c.actor, seen.ID, code)
	if err != nil {
		return nil, err
	}
	return a.shownUser(c, user, seen.Whole)
}
