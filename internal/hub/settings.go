package hub

// Settings are the choices of the whole Hub that administrators change while it runs. Zero values work.
type Settings struct {
	DefaultFlows string `json:"defaultFlows,omitempty"` // "modern" (also when empty) or "classic"
}

// NewServiceFlows is what a new service has switched on when its maker does not say.
func (s Settings) NewServiceFlows() []Flow {
	if s.DefaultFlows == "classic" {
		return ClassicFlows()
	}
	return ModernFlows()
}
