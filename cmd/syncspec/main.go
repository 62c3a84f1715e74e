// Command syncspec proves from the outside that an integration keeps an exact copy of its source.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/syncspec/syncspec/internal/engine"
)

// The exit codes. They say who has to act: nobody, the author of what was examined, or whoever called.
const (
	exitOK          = 0
	exitProblems    = 1
	exitUsage       = 2
	exitInterrupted = 130 // what shells report for a program ended by SIGINT
)

func main() {
	engine.Roles()
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// cli is every command. Each is a struct whose Run does the work.
type cli struct {
	Run      runCmd      `cmd:"" help:"Verify a target, and write reports."`
	Init     initCmd     `cmd:"" help:"Read a target's database, and propose its profile."`
	Waive    waiveCmd    `cmd:"" help:"Accept for a time what fails today, so that what fails tomorrow is seen."`
	Lint     lintCmd     `cmd:"" help:"Check manifests, profiles and waivers, and print every problem."`
	Record   recordCmd   `cmd:"" help:"Record a source's sandbox into cassettes."`
	Webhook  webhookCmd  `cmd:"" help:"Send webhook deliveries by hand."`
	Postgres postgresCmd `cmd:"" help:"Provide the Postgres that runs use."`
	Docs     docsCmd     `cmd:"" help:"Print what is generated from the program."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

// streams are where a command writes to.
type streams struct{ out, err io.Writer }

// failure ends a command with an exit code. Its message is empty where the command has said everything itself.
type failure struct {
	code    int
	message string
}

func (f failure) Error() string { return f.message }

// leave carries kong's wish to exit (after --help) up to run, for kong itself knows no way to return.
type leave int

// run executes one command line and returns the exit code.
func run(args []string, stdout, stderr io.Writer) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process the hard way

	defer func() {
		switch value := recover().(type) {
		case nil:
		case leave:
			code = int(value)
		default:
			panic(value)
		}
	}()
	parser, err := kong.New(&cli{},
		kong.Name("syncspec"),
		kong.Description("Proves that an integration keeps a complete, exact copy of its source in Postgres."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(leave(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 80}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(streams{stdout, stderr}),
	)
	if err != nil {
		panic(err) // the struct above is wrong, whatever the arguments are
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "syncspec: %v\nRun \"syncspec --help\" for the commands.\n", err)
		return exitUsage
	}
	return conclude(ctx, command.Run(), stderr)
}

// conclude turns what a command returned into the exit code.
func conclude(ctx context.Context, err error, stderr io.Writer) int {
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "syncspec: interrupted")
		return exitInterrupted
	}
	if err == nil {
		return exitOK
	}
	code := exitProblems
	if known, ok := errors.AsType[failure](err); ok {
		code = known.code
	}
	if message := err.Error(); message != "" {
		fmt.Fprintf(stderr, "syncspec: %s\n", message)
	}
	return code
}
