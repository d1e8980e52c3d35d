package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/alecthomas/kong"

	"example.org/hub/internal/config"
	"example.org/hub/internal/declare"
	"example.org/hub/internal/demo"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/mail"
)

type devVerb struct{}

// Run runs a hub to try out until the context ends: sample people and services in it, an example API beside it. Its folder
// goes away at the end unless --data names one.
func (devVerb) Run(ctx context.Context, terminal *Terminal, settings *config.Settings, line *kong.Context) (err error) {
	if err := onlyHere(settings); err != nil {
		return err
	}
	passing := !given(line, "data")
	if passing {
		if settings.Data, err = os.MkdirTemp("", "hub-dev-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(settings.Data)) }()
	}
	if !given(line, "log-level") {
		settings.LogLevel = "warn" // what is printed for people should not drown
	}
	p, err := openProgram(ctx, terminal, settings, &mail.Mailbox{})
	if err != nil {
		return err
	}
	defer p.close()
	api, err := demo.ListenAPI(settings.TLS == "auto")
	if err != nil {
		return err
	}
	defer api.Close()
	app, err := demo.ListenWebApp(settings.TLS == "auto")
	if err != nil {
		return err
	}
	defer app.Close()
	sample, err := p.bringSample(ctx, app.URL())
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var beside sync.WaitGroup
	var failed, failedApp error // of the example API, or of what comes before it; and of the example web application
	err = p.run(ctx, func() {
		show := demo.Shown{URL: p.resolved.URL, TestURL: p.resolved.TestURL, Passing: passing, Sample: sample}
		var authority *x509.CertPool
		if authority, failed = p.openBeside(api, app, &show); failed != nil {
			stop()
			return
		}
		beside.Go(func() {
			if failed = api.Serve(ctx, p.resolved.URL, authority, sample, p.log); failed != nil {
				stop()
			}
		})
		beside.Go(func() {
			if failedApp = app.Serve(ctx, p.resolved.URL, authority, sample, p.log); failedApp != nil {
				stop()
			}
		})
		fmt.Fprintf(terminal.Out, "hub ready url=%s\n", p.resolved.URL)
		_ = show.Print(terminal.Out) // like all that is printed, it may go nowhere
	})
	stop()
	beside.Wait()
	return errors.Join(err, failed, failedApp)
}

// given reports whether a setting comes from the command line, the environment or a file.
func given(line *kong.Context, flag string) bool {
	return slices.ContainsFunc(line.Path, func(step *kong.Path) bool { return step.Flag != nil && step.Flag.Name == flag })
}

// onlyHere keeps a hub whose passwords stand on a screen to this machine.
func onlyHere(settings *config.Settings) error {
	_, port, err := net.SplitHostPort(settings.Listen)
	if err != nil {
		return nil // said better by whoever reads all settings
	}
	if port == "0" {
		return fault.New(fault.Invalid,
			"--listen %s: the port is a part of every URL that hub dev shows, so it cannot be any free one: name it, such as localhost:8443",
			settings.Listen)
	}
	if !settings.OnLoopback() {
		return fault.New(fault.Invalid,
			"--listen %s: hub dev prints its passwords and runs on loopback only, such as localhost:8443; for others there is hub serve",
			settings.Listen)
	}
	if settings.TLS != "auto" && settings.TLS != "off" {
		return fault.New(fault.Invalid,
			"--tls %s: hub dev has a certificate of its own (auto), or none (off); for others there is hub serve", settings.TLS)
	}
	return nil
}

// bringSample brings the sample people and services into the database, as hub apply would. webApp is where the example web
// application answers.
func (p *program) bringSample(ctx context.Context, webApp string) (*demo.Sample, error) {
	if err := p.begin(ctx); err != nil {
		return nil, err
	}
	sample, err := demo.Keep(ctx, p.store, p.master)
	if err != nil {
		return nil, err
	}
	text, err := sample.Declaration(webApp)
	if err != nil {
		return nil, err
	}
	document, err := declare.Parse("the sample", text)
	if err != nil {
		return nil, err
	}
	_, err = declare.Apply(ctx, p.store, p.master, document, declare.Options{Actor: hub.System("dev")})
	return sample, err
}

// openBeside gives the examples the hub's own certificate, and what they trust the hub by.
func (p *program) openBeside(api *demo.API, app *demo.WebApp, show *demo.Shown) (*x509.CertPool, error) {
	folder, err := filepath.Abs(p.settings.Data)
	if err != nil {
		return nil, err
	}
	show.Data = folder
	var authority *x509.CertPool
	if p.settings.TLS == "auto" {
		show.CA = filepath.Join(folder, "tls", "ca.pem")
		pem, err := os.ReadFile(show.CA)
		if err != nil {
			return nil, err
		}
		authority = x509.NewCertPool()
		authority.AppendCertsFromPEM(pem)
		certificate, err := tls.LoadX509KeyPair(filepath.Join(folder, "tls", "cert.pem"), filepath.Join(folder, "tls", "key.pem"))
		if err != nil {
			return nil, err
		}
		api.Secure(certificate)
		app.Secure(certificate)
	}
	show.API, show.WebApp = api.URL(), app.URL()
	return authority, nil
}
