package mail

import (
	"context"
	"slices"
	"sync"
)

// mostKept is how many messages a mailbox holds; the oldest go.
const mostKept = 200

// Mailbox is a Carrier that keeps messages in memory, for `hub dev`. The zero value is empty and ready. It is safe for
// concurrent use.
type Mailbox struct {
	lock     sync.Mutex
	messages []Message
}

// Carry keeps a message.
func (m *Mailbox) Carry(_ context.Context, message Message) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.messages = append(m.messages, message)
	if len(m.messages) > mostKept {
		m.messages = slices.Delete(m.messages, 0, len(m.messages)-mostKept)
	}
	return nil
}

// Messages lists what came, newest first.
func (m *Mailbox) Messages() []Message {
	m.lock.Lock()
	defer m.lock.Unlock()
	messages := slices.Clone(m.messages)
	slices.Reverse(messages)
	return messages
}
