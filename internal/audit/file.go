package audit

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// maxLine bounds a line of a file that is read: far above what Hub writes, far below what could hurt.
const maxLine = 1 << 20

// line is an event as it stands in a file, one JSON object a line. Names are those of the REST event where it has them.
type line struct {
	Position    int64           `json:"position"`
	Previous    string          `json:"previous"` // base64, empty for the first
	Hash        string          `json:"hash"`     // base64
	ID          string          `json:"id"`
	Timestamp   int64           `json:"timestamp"` // milliseconds since 1970
	Environment hub.Environment `json:"environment,omitempty"`
	AuthorID    string          `json:"authorId,omitempty"`
	AuthorName  string          `json:"authorName,omitempty"`
	Action      string          `json:"action"`
	TargetType  string          `json:"targetType,omitempty"`
	TargetID    string          `json:"targetId,omitempty"`
	TargetName  string          `json:"targetName,omitempty"`
	Door        string          `json:"door,omitempty"`
	Address     string          `json:"address,omitempty"`
	Credential  string          `json:"credential,omitempty"`
	Result      string          `json:"result"`
	Reason      string          `json:"reason,omitempty"`
	ErrorID     string          `json:"errorId,omitempty"`
	Details     string          `json:"details,omitempty"` // JSON within a string, so that not a byte of it changes
}

// Export writes events as JSON lines with their links. Such a file can be checked by VerifyFile, on any machine.
func Export(to io.Writer, events iter.Seq2[hub.Event, error]) error {
	buffered := bufio.NewWriter(to)
	encoder := json.NewEncoder(buffered)
	encoder.SetEscapeHTML(false)
	for e, err := range events {
		if err != nil {
			return err
		}
		if err := encoder.Encode(lineOf(e)); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

// VerifyFile checks what Export wrote. name is the file's, for errors: fault.Invalid with file and line where one is not
// an event.
func VerifyFile(name string, from io.Reader) (Report, error) { return Verify(Read(name, from)) }

// Read gives the events of a file that Export wrote.
func Read(name string, from io.Reader) iter.Seq2[hub.Event, error] {
	return func(yield func(hub.Event, error) bool) {
		lines := bufio.NewScanner(from)
		lines.Buffer(nil, maxLine)
		number := 0
		for lines.Scan() {
			number++
			e, err := parse(lines.Bytes())
			if err != nil {
				yield(hub.Event{}, fault.New(fault.Invalid, "%s:%d: not an exported event: %v", name, number, err))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(hub.Event{}, fault.Wrap(fault.Invalid, err, "%s:%d: cannot be read: expected lines of at most 1 MB",
				name, number+1))
		}
	}
}

func lineOf(e hub.Event) line {
	return line{
		Position: e.Chain.Position, Previous: base64.StdEncoding.EncodeToString(e.Chain.Previous),
		Hash: base64.StdEncoding.EncodeToString(e.Chain.Hash),
		ID:   e.ID, Timestamp: e.At.UnixMilli(), Environment: e.Environment, AuthorID: e.AuthorID,
		AuthorName: e.AuthorName, Action: e.Action,
		TargetType: e.TargetType, TargetID: e.TargetID, TargetName: e.TargetName, Door: e.Door, Address: e.Address,
		Credential: e.Credential,
		Result:     e.Result, Reason: e.Reason, ErrorID: e.ErrorID, Details: e.Details,
	}
}

func parse(text []byte) (hub.Event, error) {
	var l line
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&l); err != nil {
		return hub.Event{}, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return hub.Event{}, fmt.Errorf("something follows the object")
	}
	previous, err := base64.StdEncoding.DecodeString(l.Previous)
	if err != nil {
		return hub.Event{}, fmt.Errorf("previous is not base64")
	}
	hash, err := base64.StdEncoding.DecodeString(l.Hash)
	if err != nil {
		return hub.Event{}, fmt.Errorf("hash is not base64")
	}
	return hub.Event{
		ID: l.ID, At: time.UnixMilli(l.Timestamp).UTC(), Environment: l.Environment, AuthorID: l.AuthorID,
		AuthorName: l.AuthorName, Action: l.Action,
		TargetType: l.TargetType, TargetID: l.TargetID, TargetName: l.TargetName, Door: l.Door, Address: l.Address,
		Credential: l.Credential,
		Result:     l.Result, Reason: l.Reason, ErrorID: l.ErrorID, Details: l.Details,
		Chain: hub.Link{Position: l.Position, Previous: previous, Hash: hash},
	}, nil
}
