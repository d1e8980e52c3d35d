package rest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// A short list is read whole, so it is searched and put in order by what its elements show: each key that stands in an answer may
// stand in ?query= and ?orderBy= too.

// shown is the shelf of so many elements, which are shown as a type.
func shown(name string, as reflect.Type, size int, element func(int) any) (shelf, error) {
	elements := make([]map[string]any, size)
	for i := range elements {
		text, err := json.Marshal(element(i))
		if err != nil {
			return shelf{}, err
		}
		whole := map[string]any{}
		if err := json.Unmarshal(text, &whole); err != nil {
			return shelf{}, err
		}
		elements[i] = map[string]any{}
		for key, value := range whole {
			elements[i][strings.ToLower(key)] = value
		}
	}
	return shelf{
		name: name, keys: shownKeys(as), size: size,
		of: func(i int, key string) []string { return shownTexts(elements[i][key]) },
		rank: func(i int, key string) string {
			if number, is := elements[i][key].(float64); is {
				return fmt.Sprintf("%020.0f", number) // a time in milliseconds, or how many there are: as texts they come in their order
			}
			return ""
		},
	}, nil
}

// shownKeys are the keys of a type in JSON, in lower case. What kind of thing it is says nothing of one among others of its kind.
func shownKeys(of reflect.Type) []string {
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	var keys []string
	for i := range of.NumField() {
		field := of.Field(i)
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous && key == "":
			keys = append(keys, shownKeys(field.Type)...)
		case key != "" && key != "-" && key != "type":
			keys = append(keys, strings.ToLower(key))
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// shownTexts are the texts by which a value is found: what refers to another thing by its id, key, login and name.
func shownTexts(value any) []string {
	switch value := value.(type) {
	case string:
		return []string{value}
	case bool:
		return []string{strconv.FormatBool(value)}
	case float64:
		return []string{strconv.FormatFloat(value, 'f', -1, 64)}
	case []any:
		var all []string
		for _, one := range value {
			all = append(all, shownTexts(one)...)
		}
		return all
	case map[string]any:
		var all []string
		for _, key := range []string{"name", "login", "key", "id"} {
			if text, is := value[key].(string); is {
				all = append(all, text)
			}
		}
		return all
	}
	return nil
}
