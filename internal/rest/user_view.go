package rest

import (
	"example.org/hub/internal/hub"
)

// userJSON is a user as known clients read it. What not everybody may see is left out for those who may not.
type userJSON struct {
	Type           string        `json:"type"`
	ID             string        `json:"id"`
	Login          string        `json:"login"`
	Name           string        `json:"name"`
	Guest          bool          `json:"guest"`
	Banned         bool          `json:"banned"`
	BanReason      string        `json:"banReason,omitempty"`
	Avatar         avatarJSON    `json:"avatar"`
	Profile        profileJSON   `json:"profile"`
	UserType       idJSON        `json:"userType"`
	Organisation   *reference    `json:"organization,omitempty"`
	CreationTime   int64         `json:"creationTime,omitempty"`
	LastAccessTime int64         `json:"lastAccessTime,omitempty"` // in a browser, or by a credential; where ?fields= asks for it, and of one user
	UpdateTime     int64         `json:"updateTime,omitempty"`
	Agreement      agreementJSON `json:"endUserAgreementConsent"`
	ProjectRoles   []projectRole `json:"projectRoles,omitempty"`
	AllRoles       []projectRole `json:"transitiveProjectRoles,omitempty"`
	Groups         []reference   `json:"groups,omitempty"`
	AllGroups      []reference   `json:"transitiveGroups,omitempty"`
	Details        []detailJSON  `json:"details,omitempty"`
	heldJSON
}

// meJSON is the caller, whose roles known clients read without asking for them.
type meJSON struct {
	userJSON
	ProjectRoles []projectRole `json:"projectRoles"`
}

type idJSON struct {
	ID string `json:"id"`
}

type avatarJSON struct {
	URL        string `json:"url"`
	PictureURL string `json:"pictureUrl"`
}

type profileJSON struct {
	Avatar avatarJSON `json:"avatar"`
	Email  *emailJSON `json:"email,omitempty"`
}

type emailJSON struct {
	Email    string `json:"email"`
	Verified bool   `json:"verified"`
}

// agreementJSON says that the terms of use are agreed to: this hub has none.
type agreementJSON struct {
	Accepted     bool `json:"accepted"`
	MajorVersion int  `json:"majorVersion"`
	MinorVersion int  `json:"minorVersion"`
}

// detailJSON is one way for a user to sign in, under the name known clients give to an address with a password.
type detailJSON struct {
	Type   string     `json:"type"`
	ID     string     `json:"id"`
	Module string     `json:"authModuleName"`
	Email  *emailJSON `json:"email,omitempty"`
	User   *reference `json:"user,omitempty"`
}

const emailDetail = "EmailuserdetailsJSON"

func detailView(user hub.User) detailJSON {
	view := detailJSON{Type: emailDetail, ID: user.ID, Module: hub.HubServiceName, User: userReference(user)}
	if user.Email != "" {
		view.Email = &emailJSON{Email: user.Email, Verified: user.EmailVerified}
	}
	return view
}

func userReference(user hub.User) *reference {
	return &reference{Type: "user", ID: user.ID, Login: user.Login, Name: user.Name}
}

// userView shows a user as far as everybody sees it, or whole.
func (a *API) userView(user hub.User, whole bool) userJSON {
	url := a.Server.Issuer + prefix + "/avatar/" + user.ID
	picture := avatarJSON{URL: url, PictureURL: url}
	view := userJSON{
		Type: "user", ID: user.ID, Login: user.Login, Name: user.Name, Guest: user.Kind == hub.Guest, Banned: user.Banned,
		Avatar: picture, Profile: profileJSON{Avatar: picture}, UserType: idJSON{ID: string(user.Kind)}, Agreement: agreementJSON{Accepted: true},
	}
	if !whole {
		return view
	}
	view.BanReason, view.CreationTime, view.UpdateTime = user.BanReason, user.CreatedAt.UnixMilli(), user.UpdatedAt.UnixMilli()
	if user.Email != "" {
		view.Profile.Email = &emailJSON{Email: user.Email, Verified: user.EmailVerified}
	}
	if user.Organisation != "" {
		view.Organisation = &reference{Type: "organization", ID: user.Organisation}
	}
	return view
}
