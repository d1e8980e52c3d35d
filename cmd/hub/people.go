package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/credential"
	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/limit"
	"example.org/hub/internal/mail"
	"example.org/hub/internal/once"
	"example.org/hub/internal/provider"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/internal/web"
	"example.org/hub/oauth"
)

// openDesk joins the rooms where people sign in, which all environments share.
func (p *program) openDesk() error {
	p.outbox = &mail.Outbox{Store: p.store, Master: p.master}
	if p.mailbox != nil {
		p.outbox.Carrier = p.mailbox
	} else if p.settings.SMTP != "" {
		carrier, err := mail.NewSMTP(p.settings.SMTP, p.settings.MailFrom)
		if err != nil {
			return err
		}
		p.outbox.Carrier = carrier
	}
	p.desk = signin.New(signin.Options{
		Store: p.store, Master: p.master, Throttle: p.provider.Throttle(), MailReady: p.outbox.Ready,
		Post: p.post, MayAct: credential.MayAct, Sites: p.sites(),
	})
	p.directory.Tell = p.tellChanged
	p.directory.Codes = &directory.Codes{
		Ready: p.outbox.Ready, Sent: limit.NewKeeper(limit.Rate{Count: 5, Per: time.Hour}, 1<<12),
		Post: func(ctx context.Context, tx *store.Tx, letter directory.CodeLetter) error {
			return p.outbox.Post(ctx, tx, mail.Letter{Kind: "verify-email", To: letter.To.Email, Name: letter.To.Name, Login: letter.To.Login,
				What: letter.Code, Address: letter.From, At: letter.At, EndsAt: letter.EndsAt})
		},
	}
	return nil
}

// newPages makes the pages of an environment.
func (p *program) newPages(environment hub.Environment, core *oauth.Server) (*web.Pages, error) {
	return web.New(web.Options{
		Environment: environment, Issuer: core.Issuer, Material: p.material, Desk: p.desk, Log: p.log,
		Master: p.master, Directory: p.directory, Events: &audit.Log{Store: p.store},
		Credentials: p.credentials, Once: &once.Book{Store: p.store, Master: p.master}, Issuers: p.issuers(), Held: p.provider.Held,
		Asked: func(ctx context.Context, visit signin.Visit, request url.Values) (*web.Asked, error) {
			wish, err := p.provider.Wish(ctx, environment, core, visit, oauth.Parameters(request))
			if err != nil || wish == nil {
				return nil, err
			}
			return inWords(wish), nil
		},
		Approve: func(ctx context.Context, visit signin.Visit, o signin.Origin, request url.Values) error {
			return p.provider.Approve(ctx, core, visit, o, oauth.Parameters(request))
		},
		Device: func(ctx context.Context, o signin.Origin, code string) (*web.Asked, error) {
			wish, err := p.provider.DeviceWish(ctx, environment, core, o, code)
			if err != nil {
				return nil, err
			}
			return inWords(wish), nil
		},
		DecideDevice: func(ctx context.Context, visit signin.Visit, o signin.Origin, code string, allow bool) error {
			return p.provider.DecideDevice(ctx, core, visit, o, code, allow)
		},
		Problem: func(ctx context.Context, errorID string, visit signin.Visit) (*web.Problem, error) {
			return p.problem(ctx, environment, errorID, visit)
		},
		Services: func(ctx context.Context, environment hub.Environment, userID string) ([]web.Service, error) {
			services, err := p.provider.Services(ctx, environment, userID)
			shown := make([]web.Service, len(services))
			for i, service := range services {
				shown[i] = serviceOf(service)
			}
			return shown, err
		},
		Refused: p.provider.Refused, Office: p.office(),
	})
}

// issuers are the base URLs of the environments that are served.
func (p *program) issuers() map[hub.Environment]string {
	issuers := map[hub.Environment]string{hub.Production: p.resolved.URL}
	if p.resolved.TestURL != "" {
		issuers[hub.Test] = p.resolved.TestURL
	}
	return issuers
}

// sites are where passkeys are made and used: one for each environment that is served.
func (p *program) sites() []signin.Site {
	var sites []signin.Site
	for _, issuer := range p.issuers() {
		sites = append(sites, signin.SiteOf(issuer))
	}
	return sites
}

// inWords is a wish as the pages tell it.
func inWords(wish *provider.Wish) *web.Asked {
	asked := &web.Asked{
		Service: serviceOf(wish.Service), Vendor: wish.Service.Vendor, RedirectURI: wish.Asked.RedirectURI, LoginHint: wish.Asked.LoginHint,
		Locales: wish.Asked.UILocales, Scope: wish.Asked.Scope.String(),
		Unvouched: wish.Unvouched, PolicyURL: wish.Said.PolicyURI, TermsURL: wish.Said.TermsURI,
		Profile: wish.Profile, Email: wish.Email, Groups: wish.Groups, Offline: wish.Offline,
	}
	for _, ability := range wish.Abilities {
		told := web.Ability{Service: serviceOf(ability.Service), Administer: ability.Administer}
		for _, permission := range ability.Permissions {
			told.Permissions = append(told.Permissions, permission.Name)
		}
		asked.Services = append(asked.Services, told)
	}
	return asked
}

func serviceOf(service hub.Service) web.Service {
	return web.Service{ID: service.ID, Name: service.Name, Description: service.Description, HomeURL: service.HomeURL}
}

// problem tells of a refusal at the authorization endpoint, the one door whose callers are people; of the settings of the
// service only to who may change them. A refusal of another door would tell a stranger what was wrong with a credential.
func (p *program) problem(ctx context.Context, environment hub.Environment, errorID string, visit signin.Visit) (*web.Problem, error) {
	refusal, err := p.provider.Refusal(ctx, environment, errorID)
	if errors.Is(err, oauth.ErrNotFound) || err == nil && refusal.Door != "authorize" {
		return nil, fault.New(fault.NotFound, "no refusal with this id is known")
	}
	if err != nil {
		return nil, err
	}
	problem := &web.Problem{Code: refusal.Code, Message: refusal.Reason, Received: refusal.Received, At: refusal.At}
	service, err := p.provider.ServiceOf(ctx, environment, refusal.ClientID)
	switch {
	case err == nil:
		shown := serviceOf(service)
		problem.Service = &shown
	case !errors.Is(err, oauth.ErrNotFound):
		return nil, err
	}
	mends := p.mailbox != nil
	if visit.SignedIn() && !mends {
		if mends, err = p.provider.MayMend(ctx, environment, visit.User.ID, refusal.ClientID); err != nil {
			return nil, err
		}
	}
	if mends {
		problem.Reason, problem.Expected, problem.Setting = refusal.Reason, refusal.Expected, refusal.Setting
	}
	return problem, nil
}

// offerSetUp prints the link that makes the first administrator, as long as there is none.
func (p *program) offerSetUp(ctx context.Context, terminal *Terminal) {
	there, err := p.desk.HasAdministrator(ctx)
	if err != nil || there {
		return // a hub before its database has nobody to offer it to; the next start will
	}
	fmt.Fprintf(terminal.Out, "There is no administrator yet. This link makes one, once, until the hub stops:\n  %s\n",
		p.pages.SetUpURL(p.desk.OpenSetUp()))
}
