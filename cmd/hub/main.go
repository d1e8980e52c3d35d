package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"example.org/hub/internal/config"
	"example.org/hub/internal/fault"
)

// Exit codes of every verb.
const (
	exitDone    = 0
	exitFailed  = 1 // at work
	exitUsage   = 2 // wrong usage or configuration
	exitChanges = 3 // hub plan: there is something to do
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	os.Exit(Main(ctx, os.Args[1:], Terminal{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Environ: os.Environ()}))
}

// Terminal is where a verb reads and writes: results on Out, logs and messages on Err.
type Terminal struct {
	In       io.Reader
	Out, Err io.Writer
	Environ  []string
}

// Main runs the program as a user starts it and gives its exit code.
func Main(ctx context.Context, args []string, terminal Terminal) int {
	var line commandLine
	exit := -1
	parser, err := kong.New(&line,
		kong.Name("hub"),
		kong.Description("A team's token desk: people sign in once, services register, and every credential can be seen, limited, rotated, explained and revoked."),
		kong.Writers(terminal.Out, terminal.Err),
		kong.Exit(func(code int) { exit = code }),
		kong.Help(helpWithExample),
		kong.ExplicitGroups([]kong.Group{{Key: "settings", Title: "Settings, each a flag, a variable (HUB_URL for --url) or a line of hub.toml:"}}),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, WrapUpperBound: 110}),
	)
	if err != nil {
		return failed(terminal, err)
	}
	settings, err := readSettings(parser, args, terminal.Environ)
	if err != nil {
		return failed(terminal, err)
	}
	if err := kong.Resolvers(settings).Apply(parser); err != nil {
		return failed(terminal, err)
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 { // --help
		return exit
	}
	if err != nil {
		return misused(terminal, parser, args, err)
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run(&terminal, &line.Settings)
	var code exitCode
	if errors.As(err, &code) {
		return int(code)
	}
	if err != nil {
		return failed(terminal, err)
	}
	return exitDone
}

// misused says what is wrong with a command line, and which help to ask for; to nothing but the name it lists the verbs.
func misused(terminal Terminal, parser *kong.Kong, args []string, err error) int {
	if len(args) == 0 {
		parser.Stdout = terminal.Err
		if ctx, failure := kong.Trace(parser, nil); failure == nil && ctx.PrintUsage(true) == nil {
			return exitUsage
		}
	}
	verb := ""
	var wrong *kong.ParseError
	if errors.As(err, &wrong) {
		if node := wrong.Context.Selected(); node != nil {
			verb = " " + node.FullPath()[len("hub "):]
		}
	}
	fmt.Fprintf(terminal.Err, "hub: %v\nRun hub%s --help to see what there is.\n", err, verb)
	return exitUsage
}

// exitCode ends the program with a code of its own, without a message.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// failed says what went wrong in words for whoever typed the command, and gives the exit code.
func failed(terminal Terminal, err error) int {
	var known *fault.Error
	if errors.As(err, &known) && known.Message != "" {
		fmt.Fprintf(terminal.Err, "hub: %s\n", known.Message)
		if known.Kind == fault.Unavailable && known.Cause != nil { // what is out of reach is the operator's own
			fmt.Fprintf(terminal.Err, "  %s\n", strings.Join(strings.Fields(known.Cause.Error()), " "))
		}
		for _, field := range known.Fields {
			fmt.Fprintf(terminal.Err, "  %s: %s\n", field.Name, field.Reason)
		}
		if known.Kind == fault.Invalid {
			return exitUsage
		}
		return exitFailed
	}
	fmt.Fprintf(terminal.Err, "hub: %v\n", err)
	return exitFailed
}

// commandLine is the whole command line: the settings every verb shares, and the verbs.
type commandLine struct {
	Config   string          `group:"settings" placeholder:"FILE" help:"Read settings from this file (hub.toml); flags and HUB_* win over it."`
	Settings config.Settings `embed:"" group:"settings"`

	Serve   serveVerb   `cmd:"" help:"Run the hub."`
	Dev     devVerb     `cmd:"" help:"Run a hub to try out, with sample people and services, and print commands that work."`
	Apply   applyVerb   `cmd:"" help:"Bring the hub to the state that hub.yaml declares."`
	Plan    planVerb    `cmd:"" help:"Show what hub apply would change."`
	Export  exportVerb  `cmd:"" help:"Write the state of the hub as hub.yaml."`
	Admin   adminVerb   `cmd:"" help:"Administrators."`
	Token   tokenVerb   `cmd:"" help:"Permanent tokens."`
	Keys    keysVerb    `cmd:"" help:"Signing keys."`
	Audit   auditVerb   `cmd:"" help:"The audit log."`
	Explain explainVerb `cmd:"" help:"Say why a request was refused."`
	Backup  backupVerb  `cmd:"" help:"Write a consistent copy of the database, while the hub runs."`
	Restore restoreVerb `cmd:"" help:"Bring a backup back."`
	Doctor  doctorVerb  `cmd:"" help:"Check this hub and say what to do."`
	Version versionVerb `cmd:"" help:"Version, commit, Go and SQLite."`
}

// helpWithExample is kong's help with the verb's example behind it.
func helpWithExample(options kong.HelpOptions, ctx *kong.Context) error {
	if err := kong.DefaultHelpPrinter(options, ctx); err != nil {
		return err
	}
	if node := ctx.Selected(); node != nil {
		if example, ok := examples[strings.TrimPrefix(node.FullPath(), "hub ")]; ok {
			fmt.Fprintf(ctx.Stdout, "\nExample:\n  %s\n", strings.ReplaceAll(example, "\n", "\n  "))
		}
	}
	return nil
}

// examples stand at the end of each verb's --help.
var examples = map[string]string{
	"serve":        "hub serve --data /var/lib/hub --url https://hub.example.com --tls acme --acme-email ops@example.com",
	"dev":          "hub dev",
	"apply":        "hub apply -f hub.yaml",
	"plan":         "hub plan -f hub.yaml",
	"export":       "hub export > hub.yaml",
	"admin create": "printf '%s' \"$PASSWORD\" | hub admin create --login ada --password-stdin",
	"token create": "hub token create --user ada --name \"Nightly export\" --scope \"Hub payments\" --expires 90d",
	"keys rotate":  "hub keys rotate",
	"keys list":    "hub keys list",
	"audit verify": "hub audit verify",
	"audit export": "hub audit export > audit.jsonl",
	"explain":      "hub explain 7dq2m5ka3xwzn4bt",
	"backup":       "hub backup hub-2026-11-21.backup",
	"restore":      "hub restore --credentials suspend hub-2026-11-21.backup",
	"doctor":       "hub doctor",
	"version":      "hub version",
}

// readSettings gives what HUB_* and the file say, for flags that are not on the command line. The parser asks it for each
// of them; the environment wins over the file.
func readSettings(parser *kong.Kong, args, environ []string) (kong.Resolver, error) {
	var flags []string
	for _, flag := range parser.Model.Flags {
		if flag.Name != "help" && flag.Name != "config" {
			flags = append(flags, flag.Name)
		}
	}
	if err := config.CheckEnvironment(environ, flags); err != nil {
		return nil, err
	}
	fromFile := map[string]string{}
	if file := configFile(args, environ); file != "" {
		var err error
		if fromFile, err = config.ReadFile(file, flags); err != nil {
			return nil, err
		}
	}
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if !slices.Contains(flags, flag.Name) {
			return nil, nil
		}
		if value, _ := lookup(environ, config.EnvName(flag.Name)); value != "" {
			return value, nil // one that is empty is not set: what starts programs often cannot take a variable away
		}
		if value, set := fromFile[flag.Name]; set {
			return value, nil
		}
		return nil, nil
	}), nil
}

// configFile finds --config before the command line is parsed, since what it names takes part in parsing.
func configFile(args, environ []string) string {
	for i, arg := range args {
		if value, found := strings.CutPrefix(arg, "--config="); found {
			return value
		}
		if arg == "--config" && i+1 < len(args) {
			return args[i+1]
		}
	}
	file, _ := lookup(environ, "HUB_CONFIG")
	return file
}

func lookup(environ []string, name string) (string, bool) {
	for _, pair := range slices.Backward(environ) {
		if value, found := strings.CutPrefix(pair, name+"="); found {
			return value, true
		}
	}
	return "", false
}

// newLog makes the log on stderr.
func newLog(terminal *Terminal, settings *config.Settings) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(settings.LogLevel)); err != nil {
		level = slog.LevelInfo // the command line allows only levels that can be read
	}
	options := &slog.HandlerOptions{Level: level}
	if settings.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(terminal.Err, options))
	}
	return slog.New(slog.NewTextHandler(terminal.Err, options))
}
