package web

import (
	"html/template"
	"slices"

	"example.org/hub/internal/hub"
)

// development is something that people develop, and the way to tokens that fits it.
type development struct {
	Kind       string // in forms, and a part of the keys of its words
	Flow       string // key of the flow's name
	Steps      []string
	Required   []string
	Additional string
	Note       string // key of a remark; empty: there is none
	Warns      bool   // the remark is a warning
	Offer      string // a box that may be ticked
	Offered    bool   // it is ticked unless the person says otherwise

	flows  []hub.Flow
	public bool
	own    bool // it signs with a key of its own
}

// Returns reports whether the service needs addresses to which people are sent back.
func (d development) Returns() bool { return slices.Contains(d.flows, hub.AuthorizationCode) }

// OwnKey reports whether the service proves itself with a key pair.
func (d development) OwnKey() bool { return d.own }

// developments is the table "what flow to use?".
func developments() []development {
	id, secret := "flow.needs.id", "flow.needs.secret"
	code := []hub.Flow{hub.AuthorizationCode, hub.RefreshTokenFlow}
	return []development{
		{
			Kind: "spa", Flow: "flow.implicit", Steps: []string{"flow.step.browser", "flow.step.hub", "flow.step.browser"},
			Required: []string{id}, Additional: "flow.also.browser", Note: "flow.spa.note", Offer: "pkce", Offered: true,
			flows: []hub.Flow{hub.AuthorizationCode}, public: true,
		},
		{
			Kind: "web", Flow: "flow.code", Steps: []string{"flow.step.browser", "flow.step.hub", "flow.step.server", "flow.step.token"},
			Required: []string{id, secret}, Additional: "flow.also.server", flows: code,
		},
		{
			Kind: "native", Flow: "flow.refresh", Steps: []string{"flow.step.app", "flow.step.hub", "flow.step.refresh", "flow.step.tokens"},
			Required: []string{id, secret}, Additional: "flow.also.server", Note: "flow.native.note", Offer: "public", flows: code,
		},
		{
			Kind: "self", Flow: "flow.client", Steps: []string{"flow.step.script", "flow.step.hub", "flow.step.token"},
			Required: []string{id, secret}, Additional: "flow.also.none", flows: []hub.Flow{hub.ClientCredentials},
		},
		{
			Kind: "user", Flow: "flow.password", Steps: []string{"flow.step.password", "flow.step.hub", "flow.step.token"},
			Required: []string{id, secret, "flow.needs.user"}, Additional: "flow.also.none",
			Note: "flow.user.note", Warns: true, flows: []hub.Flow{hub.PasswordFlow},
		},
		{
			Kind: "device", Flow: "flow.device", Steps: []string{"flow.step.shows", "flow.step.allows", "flow.step.token"},
			Required: []string{id}, Additional: "flow.also.device", flows: []hub.Flow{hub.DeviceCode, hub.RefreshTokenFlow}, public: true,
		},
		{
			Kind: "machine", Flow: "flow.assertion", Steps: []string{"flow.step.signs", "flow.step.checks", "flow.step.token"},
			Required: []string{id, "flow.needs.key"}, Additional: "flow.also.sign", flows: []hub.Flow{hub.ClientCredentials}, own: true,
		},
		{
			Kind: "agent", Flow: "flow.code-pkce", Steps: []string{"flow.step.agent", "flow.step.allows", "flow.step.tokens"},
			Required: []string{id}, Additional: "flow.also.agent", Note: "flow.agent.note", flows: code, public: true,
		},
	}
}

// developmentOf finds one by its kind; nil if there is none.
func developmentOf(kind string) *development {
	for _, one := range developments() {
		if one.Kind == kind {
			return &one
		}
	}
	return nil
}

// chosen gives a development with the box that it offers taken into account.
func (d development) chosen(ticked bool) development {
	switch {
	case d.Offer == "pkce" && ticked:
		d.Flow = "flow.code-pkce"
	case d.Offer == "pkce":
		d.flows = []hub.Flow{hub.Implicit}
	case d.Offer == "public" && ticked:
		d.public = true
	}
	return d
}

// needsAddresses reports whether a flow sends people back to the service.
func needsAddresses(flows []hub.Flow) bool {
	return slices.Contains(flows, hub.AuthorizationCode) || slices.Contains(flows, hub.Implicit)
}

// flowName is what people call a flow.
func (t tongue) flowName(flow hub.Flow) template.HTML { return t.say(flowKey(flow)) }

// flowShort is flowName where several stand in a row.
func (t tongue) flowShort(flow hub.Flow) template.HTML { return t.say(flowKey(flow) + ".short") }

func flowKey(flow hub.Flow) string {
	return map[hub.Flow]string{hub.AuthorizationCode: "flow.code", hub.RefreshTokenFlow: "flow.refresh", hub.ClientCredentials: "flow.client",
		hub.Implicit: "flow.implicit", hub.PasswordFlow: "flow.password", hub.DeviceCode: "flow.device"}[flow]
}
