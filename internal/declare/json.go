package declare

import (
	"encoding/json"
	"strconv"
)

// jsonField is a key with JSON: as a text, or written out as YAML.
func jsonField[T any](key string, at func(*T) *Given[string]) field[T] {
	return field[T]{key: key, at: func(noun *T) slot { return jsonSlot{textSlot{at(noun)}} }}
}

type jsonSlot struct{ textSlot }

func (s jsonSlot) read(p *problems, key string, v value) {
	if v.kind != mapping {
		s.textSlot.read(p, key, v)
		return
	}
	text, err := json.Marshal(v.asJSON())
	if err != nil {
		p.add(v.line, "%s cannot be written as JSON", key)
		return
	}
	s.Value = string(text)
}

// asJSON gives the value as encoding/json takes it.
func (v value) asJSON() any {
	switch v.kind {
	case text:
		return v.text
	case number:
		if _, err := strconv.ParseFloat(v.text, 64); err == nil && json.Valid([]byte(v.text)) {
			return json.Number(v.text)
		}
		return v.text
	case flag:
		return v.text == "true"
	case list:
		all := make([]any, len(v.items))
		for i, item := range v.items {
			all[i] = item.asJSON()
		}
		return all
	case mapping:
		all := make(map[string]any, len(v.keys))
		for _, one := range v.keys {
			all[one.key] = one.value.asJSON()
		}
		return all
	}
	return nil
}
