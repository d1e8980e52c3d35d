package rest

import "example.org/hub/internal/credential"

func (a *API) leaveRoutes() []Route {
	return []Route{{Method: "POST", Path: "/users/{user}/leave", Need: Bearer, Handle: ofUserWith(a.leave)}}
}

// receiptJSON says what somebody had who left.
type receiptJSON struct {
	Type          string               `json:"type"`
	User          holderJSON           `json:"user"`
	Timestamp     int64                `json:"timestamp"`
	Banned        bool                 `json:"banned"` // false: was banned before
	Counts        map[string]int       `json:"counts"` // of what was ended, by kind
	Ended         []endedJSON          `json:"ended"`
	MadeForOthers []permanentTokenJSON `json:"madeForOthers"` // they live on: the leaver has seen them
}

type endedJSON struct {
	Kind        string `json:"kind"`
	ID          string `json:"id"`
	Name        string `json:"name"`
	Environment string `json:"environment,omitempty"`
}

// leave ends everything of a user at once: {"reason": "...", "keepRights": false}.
func (a *API) leave(c *call, userID string, in object) (any, error) {
	leaving := credential.Leaving{UserID: userID}
	in.text("reason", &leaving.Reason)
	in.flag("keepRights", &leaving.KeepRights)
	if err := in.wrong(); err != nil {
		return nil, err
	}
	receipt, err := a.Credentials.Leave(c.Context(), c.actor, leaving)
	if err != nil {
		return nil, err
	}
	view := receiptJSON{Type: "receipt", User: holderView(receipt.User), Timestamp: receipt.At.UnixMilli(), Banned: receipt.Banned,
		Counts: map[string]int{}, Ended: make([]endedJSON, len(receipt.Ended)), MadeForOthers: make([]permanentTokenJSON, len(receipt.MadeForOthers))}
	for i, one := range receipt.Ended {
		view.Counts[one.Kind]++
		view.Ended[i] = endedJSON{one.Kind, one.ID, one.Name, string(one.Environment)}
	}
	for i, token := range receipt.MadeForOthers {
		view.MadeForOthers[i] = permanentTokenView(token)
	}
	return view, nil
}
