package rest

import (
	"encoding/json"
	"slices"
	"strings"

	"example.org/hub/internal/fault"
)

// object is a JSON object that a caller sent, read key by key into what it changes: a key that is absent or null keeps what
// is there, an empty text or list clears it, and keys that nobody reads are passed over, since clients send back what they
// were shown. Values of another type are gathered and told together by wrong.
type object struct {
	values map[string]any
	path   string // of this object within the body, with a dot behind it
	faults *[]fault.Field
}

// object is the body as an object; no body is an empty one. Errors: fault.Invalid for a body that is something else.
func (c *call) object() (object, error) {
	switch body := c.body.(type) {
	case nil:
		return newObject(nil), nil
	case map[string]any:
		return newObject(body), nil
	}
	return object{}, badRequest("the body must be a JSON object")
}

func newObject(values map[string]any) object {
	return object{values: values, faults: new([]fault.Field)}
}

// list is the body as a list of objects.
func (c *call) list() ([]object, error) {
	items, is := c.body.([]any)
	if !is {
		return nil, badRequest("the body must be a JSON list of objects")
	}
	list := make([]object, len(items))
	for i, item := range items {
		values, is := item.(map[string]any)
		if !is {
			return nil, badRequest("the body must be a JSON list of objects")
		}
		list[i] = newObject(values)
	}
	return list, nil
}

// checked makes sure that all an edit reads can be read, before anything is changed by it.
func checked[T any](from object, edit func(*T)) (func(*T), error) {
	var scratch T
	edit(&scratch)
	return edit, from.wrong()
}

// wrong is the error for all values that were of another type than they should be; nil if there are none.
func (o object) wrong() error {
	if len(*o.faults) == 0 {
		return nil
	}
	fields := slices.Compact(slices.Clone(*o.faults))
	var reasons []string
	for _, field := range fields {
		reasons = append(reasons, field.Name+" "+field.Reason)
	}
	return &fault.Error{Kind: fault.Invalid, Message: "the body cannot be read: " + strings.Join(reasons, "; "), Fields: fields}
}

// unfit notes that a value is of another type.
func (o object) unfit(key, reason string) {
	field := fault.Field{Name: o.path + key, Reason: reason}
	if !slices.Contains(*o.faults, field) {
		*o.faults = append(*o.faults, field)
	}
}

// has reports whether the key is there, and not null.
func (o object) has(key string) bool { return o.values[key] != nil }

func (o object) text(key string, into *string) {
	switch value := o.values[key].(type) {
	case nil:
	case string:
		*into = value
	default:
		o.unfit(key, "must be a string")
	}
}

func (o object) flag(key string, into *bool) {
	switch value := o.values[key].(type) {
	case nil:
	case bool:
		*into = value
	default:
		o.unfit(key, "must be true or false")
	}
}

// whole reads a whole number.
func (o object) whole(key string, into *int64) {
	value := o.values[key]
	if value == nil {
		return
	}
	if number, is := value.(json.Number); is {
		if whole, err := number.Int64(); err == nil {
			*into = whole
			return
		}
	}
	o.unfit(key, "must be a whole number")
}

func (o object) texts(key string, into *[]string) {
	items, is := o.items(key)
	if !is {
		return
	}
	texts := make([]string, 0, len(items))
	for _, item := range items {
		text, is := item.(string)
		if !is {
			o.unfit(key, "must be a list of strings")
			return
		}
		texts = append(texts, text)
	}
	*into = texts
}

// items reads a list, whatever is in it.
func (o object) items(key string) ([]any, bool) {
	value := o.values[key]
	items, is := value.([]any)
	if !is && value != nil {
		o.unfit(key, "must be a list")
	}
	return items, is
}

// object reads an object; an absent one is empty.
func (o object) object(key string) object {
	value := o.values[key]
	values, is := value.(map[string]any)
	if !is && value != nil {
		o.unfit(key, "must be an object")
	}
	return object{values, o.path + key + ".", o.faults}
}

// objects reads a list of objects, and reports whether there was one.
func (o object) objects(key string) ([]object, bool) {
	items, is := o.items(key)
	if !is {
		return nil, false
	}
	list := make([]object, 0, len(items))
	for _, item := range items {
		values, is := item.(map[string]any)
		if !is {
			o.unfit(key, "must be a list of objects")
			return nil, false
		}
		list = append(list, object{values, o.path + key + ".", o.faults})
	}
	return list, true
}

// id reads what refers to something: {"id": "..."} or the id alone. One of `by` may stand in place of the id, as in
// {"key": "..."}.
func (o object) id(key string, into *string, by ...string) {
	if _, is := o.values[key].(string); is {
		o.text(key, into)
		return
	}
	below := o.object(key)
	if o.has(key) {
		below.reference(into, by)
	}
}

// reference reads the id, or what may stand in its place, of an object that refers to something.
func (o object) reference(into *string, by []string) {
	for _, name := range append([]string{"id"}, by...) {
		if o.has(name) {
			o.text(name, into)
			return
		}
	}
	o.unfit("id", "is missing: say what is meant")
}

// ids reads a list of what id reads.
func (o object) ids(key string, into *[]string, by ...string) {
	items, is := o.items(key)
	if !is {
		return
	}
	ids := make([]string, 0, len(items))
	for _, item := range items {
		var id string
		switch item := item.(type) {
		case string:
			id = item
		case map[string]any:
			object{item, o.path + key + ".", o.faults}.reference(&id, by)
		default:
			o.unfit(key, "must be a list of objects with an id")
			return
		}
		ids = append(ids, id)
	}
	*into = ids
}
