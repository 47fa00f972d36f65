package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"foedus/ledger"
)

// runGroup is what a command does that only groups others: it shows them, and
// refuses a name that none of them has.
func runGroup(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return c.Help()
	}
	return unknownCommand(c, args[0])
}

// unknownCommand names the command of c that was perhaps meant.
func unknownCommand(c *cobra.Command, name string) error {
	var names []string
	for _, sub := range c.Commands() {
		if !sub.Hidden {
			names = append(names, sub.Name())
		}
	}
	if near := ledger.Nearest(name, names); near != "" {
		return usagef("there is no command %q; did you mean %s %s?", name, c.CommandPath(), near)
	}
	return usagef("there is no command %q; %s --help lists them", name, c.CommandPath())
}

// addExamples gives the commands that cobra makes an example each.
func addExamples(c *cobra.Command) {
	if c.Example == "" {
		c.Example = "  " + c.CommandPath()
	}
	for _, sub := range c.Commands() {
		addExamples(sub)
	}
}

// flagError says what is wrong with a flag, and which one was perhaps meant.
func flagError(c *cobra.Command, err error) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := ledger.Nearest(unknown.GetSpecifiedName(), names); near != "" {
			return usagef("%v; did you mean --%s?", err, near)
		}
	}
	return usagef("%v; see %s --help", err, c.CommandPath())
}

// helpCommand is cobra's, but for a name that no command has.
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Show how a command is used",
		Example: "  foedus help at\n  foedus help import events",
		RunE: func(_ *cobra.Command, args []string) error {
			c, rest, err := root.Find(args)
			if err != nil {
				return usagef("%v", err)
			}
			if len(rest) > 0 {
				return unknownCommand(c, strings.Join(rest, " "))
			}
			c.InitDefaultHelpFlag()
			return c.Help()
		},
	}
}
