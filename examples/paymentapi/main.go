package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"example.org/hub/examples/paymentapi/paymentlink"
	"example.org/hub/resource"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "paymentapi:", err)
		os.Exit(1)
	}
}

// errUsage says that the settings were wrong; what was wrong has been printed.
var errUsage = errors.New("wrong usage")

// settings is what flags and environment say.
type settings struct {
	listen, ca string
	resource   resource.Options
}

// run serves the API until the context ends, and prints one line when it answers.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	s, err := read(args, getenv, stderr)
	if err != nil {
		return err
	}
	logger := slog.New(slog.NewTextHandler(stderr, nil))
	s.resource.Logger = logger
	if s.resource.HTTPClient, err = client(s.ca); err != nil {
		return err
	}
	verifier, err := resource.New(s.resource)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	server := &http.Server{
		Handler:           paymentlink.Handler(verifier),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	_, _ = fmt.Fprintf(stdout, "payment api ready url=http://%s\n", listener.Addr())
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		stopped <- server.Shutdown(last)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// read takes the settings: a flag, else the environment variable PAYMENTAPI_ and the flag's name, else the default.
func read(args []string, getenv func(string) string, stderr io.Writer) (settings, error) {
	var s settings
	var addresses, proxies string
	flags := flag.NewFlagSet("paymentapi", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.listen, "listen", "localhost:9000", "where to listen, `host:port`")
	flags.StringVar(&s.resource.Issuer, "issuer", "https://localhost:8443", "base `URL` of the hub's environment")
	flags.StringVar(&s.resource.Audience, "audience", "payments", "`id or key` of the service whose API this is")
	flags.StringVar(&s.resource.Resource, "resource", "", "`URL` at which callers reach this API")
	flags.BoolVar(&s.resource.Online, "online", false, "ask the hub about each token")
	flags.StringVar(&s.resource.ClientID, "client-id", "", "the service's own `id`, for --online")
	flags.StringVar(&s.resource.ClientSecret, "client-secret", "",
		"its `secret`; better in PAYMENTAPI_CLIENT_SECRET, which no list of processes shows")
	flags.StringVar(&s.ca, "ca", "", "`file` with the certificate authority of the hub, such as hub-data/tls/ca.pem")
	flags.StringVar(&addresses, "addresses", "", "`CIDR,...` from which address-restricted tokens are taken offline")
	flags.StringVar(&proxies, "trusted-proxies", "", "`CIDR,...` whose X-Forwarded-For is believed")
	given := map[string]bool{}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return s, err
		}
		return s, errUsage
	}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var problems []error
	flags.VisitAll(func(f *flag.Flag) {
		name := "PAYMENTAPI_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if value := getenv(name); value != "" && !given[f.Name] {
			if err := f.Value.Set(value); err != nil {
				problems = append(problems, fmt.Errorf("%s: %w", name, err))
			}
		}
	})
	if flags.NArg() > 0 {
		problems = append(problems, fmt.Errorf("unexpected %q; only flags are taken", flags.Arg(0)))
	}
	var err error
	if s.resource.Addresses, err = prefixes(addresses); err != nil {
		problems = append(problems, fmt.Errorf("--addresses: %w", err))
	}
	if s.resource.TrustedProxies, err = prefixes(proxies); err != nil {
		problems = append(problems, fmt.Errorf("--trusted-proxies: %w", err))
	}
	if _, err := resource.New(s.resource); err != nil && len(problems) == 0 {
		problems = append(problems, err)
	}
	if len(problems) > 0 {
		_, _ = fmt.Fprintln(stderr, "paymentapi:", errors.Join(problems...))
		return s, errUsage
	}
	return s, nil
}

// prefixes reads a list of address ranges; an address alone is a range of one.
func prefixes(list string) ([]netip.Prefix, error) {
	var ranges []netip.Prefix
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(item)
		if address, problem := netip.ParseAddr(item); problem == nil {
			prefix, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%q is not an address or range like 192.0.2.0/24", item)
		}
		ranges = append(ranges, prefix)
	}
	return ranges, nil
}

// client reaches the hub, trusting one more certificate authority if a file with it is named.
func client(ca string) (*http.Client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if ca != "" {
		pem, err := os.ReadFile(ca)
		if err != nil {
			return nil, fmt.Errorf("--ca: %w", err)
		}
		roots, err := x509.SystemCertPool()
		if err != nil {
			roots = x509.NewCertPool()
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--ca: %s holds no certificate in PEM form", ca)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	transport.MaxIdleConnsPerHost = 16
	return &http.Client{Transport: transport, Timeout: 5 * time.Second}, nil
}
