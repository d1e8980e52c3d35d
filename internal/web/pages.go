package web

import (
	"context"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/credential"
	"example.org/hub/internal/directory"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/once"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/signin"
)

// Options is what Pages are made of. The functions answer what only the rooms below know.
type Options struct {
	Environment hub.Environment
	Issuer      string // base URL, without a slash at the end
	Material    *Material
	Desk        *signin.Desk
	Log         *slog.Logger

	Master      *secret.Master // seals what a browser keeps for a moment
	Directory   *directory.Directory
	Credentials *credential.Credentials
	Events      *audit.Log
	Once        *once.Book                 // of forms that may arrive twice
	Issuers     map[hub.Environment]string // base URLs of all environments; those that are switched off are not in it

	// Held is what a user may do in an environment.
	Held func(ctx context.Context, environment hub.Environment, userID string) (hub.Permissions, error)
	// Asked says what the request of a service asks for that the visitor has not allowed before, in words; nil if the request
	// is not sound, which is for the authorization endpoint to tell.
	Asked func(ctx context.Context, visit signin.Visit, request url.Values) (*Asked, error)
	// Approve remembers that a user allows what a request asks for.
	Approve func(ctx context.Context, visit signin.Visit, o signin.Origin, request url.Values) error
	// Device says what the device asks for that shows this code; nil: devices are not served here. Errors: fault.NotFound or an
	// *oauth.Error if there is no such code, fault.Limited after too many wrong ones.
	Device func(ctx context.Context, o signin.Origin, code string) (*Asked, error)
	// DecideDevice tells the device that the user allows or refuses it. Errors are those of Device.
	DecideDevice func(ctx context.Context, visit signin.Visit, o signin.Origin, code string, allow bool) error
	// Problem gives what is known of a refusal, as much of it as the visitor may know. Errors: fault.NotFound.
	Problem func(ctx context.Context, errorID string, visit signin.Visit) (*Problem, error)
	// Services lists the services of an environment that a user may use.
	Services func(ctx context.Context, environment hub.Environment, userID string) ([]Service, error)
	Office   Office // what only the back office asks
	// Refused is told of every refusal, for counting and explaining. It must not block.
	Refused func(refusal hub.Refusal)
}

// Service is a service as people know it.
type Service struct {
	ID          string
	Name        string
	Description string
	HomeURL     string // empty: none
}

// Host is where a service lives; empty: nobody said.
func (s Service) Host() string {
	home, err := url.Parse(s.HomeURL)
	if err != nil {
		return ""
	}
	return home.Host
}

// Asked is what a service asks a person for.
type Asked struct {
	Service     Service
	Vendor      string // who made it; empty: nobody said
	RedirectURI string
	LoginHint   string
	Locales     []string // as ui_locales prefers them
	Scope       string   // as it was sent
	Unvouched   bool     // it registered itself, and no administrator has looked at it since
	PolicyURL   string   // what it does with what it learns, and its terms, as it says itself; empty: it does not say
	TermsURL    string

	// What of it is new to the person and has to be allowed.
	Profile  bool      // name and username
	Email    bool      // the e-mail address
	Groups   bool      // names of groups
	Offline  bool      // a refresh token
	Services []Ability // to act there with the person's rights
}

// Ability is what a service asks to do at another one, or at Hub.
type Ability struct {
	Service     Service
	Permissions []string // names of the only permissions it asks for; empty: all that the person has
	Administer  bool     // also what needs a fresh sign-in
}

// Problem is a refusal of the authorization endpoint, for the person who ran into it and for who can mend it.
type Problem struct {
	Code     string // public error code
	Message  string // what is wrong in general
	Received string
	At       time.Time
	Service  *Service // nil: it is not known which

	// For the owner of the service and for administrators only.
	Reason   string
	Expected string
	Setting  string
}

// Pages serves the pages of one environment. It is safe for concurrent use.
type Pages struct {
	Options
	host       string     // as it is shown to people
	base       string     // the issuer's path, for links within a page: whoever came by another name of this host stays there
	navigation []navGroup // every page to which the side of the console leads
	navs       drawnNav
}

// New makes the pages. The error is an issuer that is no URL.
func New(options Options) (*Pages, error) {
	issuer, err := url.Parse(options.Issuer)
	if err != nil {
		return nil, err
	}
	return &Pages{
		Options: options, host: issuer.Host, base: issuer.Path,
		navigation: navigation(), navs: drawnNav{kept: map[navKey]template.HTML{}},
	}, nil
}

// Mount hands each page, with its pattern below the issuer's base path, to handle. All are for browsers: they take cookies,
// and posts from other origins must not reach them.
func (p *Pages) Mount(handle func(pattern string, handler http.HandlerFunc)) {
	page := func(pattern string, answer func(*visitor) error) {
		handle(pattern, p.page(p.carriedOut(pattern, answer)))
	}
	page("GET /{$}", p.home)
	page("GET "+loginPath, p.login)
	page("POST "+loginPath, p.loginPosted)
	page("GET "+secondFactorPath, p.secondFactor)
	page("POST "+secondFactorPath, p.secondFactorPosted)
	p.mountPasskeys(page)
	page("GET "+recoveryPath, p.recovery)
	page("POST "+recoveryPath, p.secondFactorPosted)
	page("GET "+enrolPath, p.enrol)
	page("POST "+enrolPath, p.enrolPosted)
	page("GET "+enrolPath+"/qr.png", p.enrolQR)
	page("POST "+enrolPath+"/passkey/challenge", p.passkeyNewAsked)
	page("POST "+enrolPath+"/passkey", p.enrolPasskeyPosted)
	page("GET "+enrolPath+"/passkey", p.besideInstead(enrolPath))
	page("GET "+newPasswordPath, p.newPassword)
	page("POST "+newPasswordPath, p.newPasswordPosted)
	page("GET "+accountPath, p.chooseAccount)
	page("POST "+accountPath, p.chooseAccountPosted)
	page("GET "+consentPath, p.consent)
	page("POST "+consentPath, p.consentPosted)
	if p.Device != nil {
		page("GET "+devicePath, p.device)
		page("POST "+devicePath, p.devicePosted)
		page("GET "+devicePath+"/confirm", p.deviceConfirm)
		page("POST "+devicePath+"/confirm", p.deviceConfirmPosted)
		page("GET "+devicePath+"/done", p.deviceDone)
		page("GET "+devicePath+"/denied", p.deviceDenied)
	}
	page("GET "+problemPath, p.problem)
	page("GET "+logoutPath, p.logout)
	page("POST "+logoutPath, p.logoutPosted)
	page("GET "+signedOutPath, p.signedOut)
	page("GET "+restorePath, p.restore)
	page("POST "+restorePath, p.restorePosted)
	page("GET "+restorePath+"-sent", p.restoreSent)
	page("GET "+restorePath+"/{code}", p.restoreCode)
	page("POST "+restorePath+"/{code}", p.restoreCodePosted)
	page("GET "+setUpPath+"/{code}", p.setUp)
	page("POST "+setUpPath+"/{code}", p.setUpPosted)
	page("GET "+passwordPath, p.password)
	page("POST "+passwordPath, p.passwordPosted)
	p.mountCredentials(page, securityPath, p.ownHolder)
	p.mountProfile(page)
	page("GET "+emailPath, p.email)
	page("POST "+emailPath, p.emailPosted)
	page("GET "+emailPath+"/code", p.instead(profilePath))
	page("POST "+emailPath+"/code", p.emailAsked)
	page("GET "+activityPath, p.activity)
	page("GET "+activityPath+"/sessions/{id}/sign-out", p.sessionOut)
	page("POST "+activityPath+"/sessions/{id}/sign-out", p.sessionOutPosted)
	page("GET "+activityPath+"/sessions/{id}/confirm", p.instead(activityPath))
	page("POST "+activityPath+"/sessions/{id}/confirm", p.sessionKnown)
	page("GET /users/me", p.oldOwn)
	page("GET /users/{id}", p.oldUser)
	page("GET /users", p.oldPlace("/admin/users"))
	page("GET /groups", p.oldPlace("/admin/groups"))
	page("GET /roles", p.oldPlace("/admin/roles"))
	page("GET /services", p.oldPlace("/admin/services"))
	page("GET /services/{id}", p.oldService)
	page("GET /loginOptions", p.oldPlace(loginPath))
	page("GET "+apiAccessPath, p.apiAccess)
	page("GET "+apiAccessPath+"/new", p.appNew)
	page("POST "+apiAccessPath+"/new", p.appNewPosted)
	page("GET "+apiAccessPath+"/{app}/reveal", p.appToReveal)
	page("POST "+apiAccessPath+"/{app}/reveal", p.appReveal)
	page("GET "+apiAccessPath+"/{app}/rotate", p.appRotate)
	page("POST "+apiAccessPath+"/{app}/rotate", p.appRotatePosted)
	page("GET "+apiAccessPath+"/{app}/delete", p.appDelete)
	page("POST "+apiAccessPath+"/{app}/delete", p.appDeletePosted)
	page("GET "+apiAccessPath+"/{app}/addresses", p.addresses)
	page("POST "+apiAccessPath+"/{app}/addresses", p.addressAdded)
	page("GET "+apiAccessPath+"/{app}/addresses/{entry}/remove", p.addressRemove)
	page("POST "+apiAccessPath+"/{app}/addresses/{entry}/remove", p.addressRemovePosted)
	p.mountServices(page)
	p.mountOffice(page)
	page("GET "+securityPath+"/two-factor/off", p.factorOff)
	page("POST "+securityPath+"/two-factor/off", p.factorOffPosted)
	page("GET "+securityPath+"/recovery-codes", p.recoveryCodes)
	page("POST "+securityPath+"/recovery-codes", p.recoveryCodesPosted)
	page("GET "+securityPath+"/revoke", p.revoke)
	page("POST "+securityPath+"/revoke", p.revokePosted)
	page("POST "+preferencesPath, p.preferences)
	p.mountUsers(page)
	p.mountGroups(page)
	p.mountRoles(page)
	p.mountOrganisations(page)
	handle("GET /static/{version}/{name}", p.asset)
}

// carriedOut gives the answer of a pattern: what is posted is carried out once.
func (p *Pages) carriedOut(pattern string, answer func(*visitor) error) func(*visitor) error {
	if !strings.HasPrefix(pattern, http.MethodPost) {
		return answer
	}
	return func(v *visitor) error { return p.sentOnce(v, func() error { return answer(v) }) }
}

// ProblemPath is where a refusal is told, with its id as error_id behind it.
const ProblemPath = "/auth/oauth/error"

// Where the pages are, below the issuer's base path.
const (
	loginPath        = "/auth/login"
	secondFactorPath = "/auth/second-factor"
	recoveryPath     = "/auth/recovery-code"
	passkeyPath      = "/auth/passkey"
	enrolPath        = "/auth/second-factor/set-up"
	newPasswordPath  = "/auth/new-password"
	accountPath      = "/auth/account"
	consentPath      = "/auth/consent"
	devicePath       = "/device"
	problemPath      = ProblemPath
	logoutPath       = "/auth/logout"
	signedOutPath    = "/auth/signed-out"
	restorePath      = "/auth/restore"
	setUpPath        = "/auth/set-up"
	preferencesPath  = "/preferences"
	profilePath      = "/account"
	emailPath        = "/account/email"
	securityPath     = "/account/security"
	passkeysPath     = "/account/security/passkeys"
	activityPath     = "/account/activity"
	apiAccessPath    = "/settings/api-access"
	passwordPath     = "/account/security/password"
)

// SetUpURL is the link that makes the first administrator.
func (p *Pages) SetUpURL(code secret.Value) string { return p.Issuer + setUpPath + "/" + code.Reveal() }
