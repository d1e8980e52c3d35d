package mail

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// SMTP is a Carrier that hands messages to a mail server. It opens a connection for each.
type SMTP struct {
	host    string
	from    string
	options []gomail.Option
}

const smtpTimeout = 20 * time.Second

// NewSMTP makes one of the values of --smtp and --mail-from: smtp://[USER:PASSWORD@]HOST[:PORT], which speaks STARTTLS
// (port 587), or smtps://..., which speaks TLS from the start (port 465). Only to a loopback host it may speak in the clear.
//
// Errors: fault.Invalid, which names the flag.
func NewSMTP(address, from string) (*SMTP, error) {
	server, err := url.Parse(address)
	if err != nil || server.Hostname() == "" || server.RawQuery != "" || server.Fragment != "" || (server.Path != "" && server.Path != "/") {
		return nil, fault.New(fault.Invalid,
			"--smtp: expected smtp://[USER:PASSWORD@]HOST[:PORT] or smtps://...") // the URL holds a password: it is not repeated
	}
	sender, err := netmail.ParseAddress(from)
	if err != nil {
		return nil, fault.New(fault.Invalid, "--mail-from %q: expected an address such as hub@example.com", from)
	}
	s := &SMTP{host: server.Hostname(), from: sender.String(), options: []gomail.Option{gomail.WithTimeout(smtpTimeout)}}
	port := 0
	switch server.Scheme {
	case "smtps":
		port = 465
		s.options = append(s.options, gomail.WithSSL())
	case "smtp":
		port = 587
		policy := gomail.TLSMandatory
		if hub.IsLoopbackHost(s.host) {
			policy = gomail.TLSOpportunistic
		}
		s.options = append(s.options, gomail.WithTLSPolicy(policy))
	default:
		return nil, fault.New(fault.Invalid, "--smtp: expected a URL that begins with smtp:// or smtps://")
	}
	if server.Port() != "" {
		if port, err = strconv.Atoi(server.Port()); err != nil || port < 1 || port > 65535 {
			return nil, fault.New(fault.Invalid, "--smtp: %s is no port", server.Port())
		}
	}
	s.options = append(s.options, gomail.WithPort(port))
	if password, given := server.User.Password(); server.User != nil {
		if !given {
			return nil, fault.New(fault.Invalid, "--smtp: there is a user without a password: expected smtp://USER:PASSWORD@HOST")
		}
		s.options = append(s.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(server.User.Username()), gomail.WithPassword(password))
	}
	if _, err := gomail.NewClient(s.host, s.options...); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "--smtp cannot be used")
	}
	return s, nil
}

// Reach tries whether the server lets this hub in: it connects, makes the connection safe and signs in, and sends nothing.
func (s *SMTP) Reach(ctx context.Context) error {
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return err
	}
	return client.Close()
}

// Carry hands a message to the server.
func (s *SMTP) Carry(ctx context.Context, message Message) error {
	letter := gomail.NewMsg()
	if err := letter.From(s.from); err != nil {
		return fault.Wrap(fault.Invalid, err, "the sender of a letter is no address")
	}
	if err := letter.To(message.To); err != nil {
		return fault.Wrap(fault.Invalid, err, "the addressee of a letter is no address")
	}
	letter.Subject(message.Subject)
	letter.SetDateWithValue(message.At)
	letter.SetMessageID()
	letter.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834 section 5: so that nobody's absence is told to us
	letter.SetBodyString(gomail.TypeTextPlain, message.Text)
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return err
	}
	if err := client.DialAndSendWithContext(ctx, letter); err != nil {
		var refused *gomail.SendError
		if errors.As(err, &refused) && !refused.IsTemp() && refused.ErrorCode() >= 500 {
			return fault.Wrap(fault.Invalid, err, "the mail server refused a letter for good")
		}
		return fmt.Errorf("a letter could not be handed to the mail server %s: %w", s.host, err)
	}
	return nil
}
