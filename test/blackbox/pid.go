package blackbox

// Pid is the number of the hub's process, for tests that limit from outside what it may use.
func (h *Hub) Pid() int { return h.command.Process.Pid }
