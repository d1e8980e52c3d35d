package fault

// Field is one wrong value of a request: which parameter, and what is wrong with it in words for its sender.
type Field struct {
	Name   string
	Reason string
}

// Fields is the error for values that are not allowed, those without a reason left out; nil if none is left. The message begins
// with what cannot be.
func Fields(what string, wrong ...Field) error {
	var given []Field
	message := what
	for _, field := range wrong {
		if field.Reason == "" {
			continue
		}
		if len(given) > 0 {
			message += ";"
		}
		if message != "" {
			message += " "
		}
		message += field.Name + " " + field.Reason
		given = append(given, field)
	}
	if len(given) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Message: message, Fields: given}
}
