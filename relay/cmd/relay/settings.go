package main

import (
	"context"
	"fmt"

	"deskhand/relay/internal/right"
	"deskhand/relay/internal/store"
)

// settingOptions say whose setting it is.
type settingOptions struct {
	*options
	portal, company, team, login *string
}

func (p *program) settingOptions(command string) settingOptions {
	o := p.options(command)
	return settingOptions{
		options: o, portal: o.String("portal", "", "slug of the portal"), login: o.String("login", "", "or login of the rep"),
		team: o.String("team", "", "or name of the team"), company: o.String("company", "", "of the team"),
	}
}

// of finds whose setting it is.
func (o settingOptions) of(ctx context.Context, l interface {
	lookup
	PortalBySlug(ctx context.Context, slug string) (store.Portal, error)
},
) (store.SettingOf, error) {
	switch {
	case *o.portal != "" && *o.team == "" && *o.login == "":
		portal, err := l.PortalBySlug(ctx, *o.portal)
		return store.SettingOf{PortalID: portal.ID}, noPortal(err, *o.portal)
	case *o.team != "" && *o.portal == "" && *o.login == "":
		t, err := findTeam(ctx, l, *o.company, *o.team)
		return store.SettingOf{TeamID: t.ID}, err
	case *o.login != "" && *o.portal == "" && *o.team == "":
		r, err := findRep(ctx, l, *o.login)
		return store.SettingOf{RepID: r.ID}, err
	default:
		return store.SettingOf{}, usageError{fmt.Errorf("%s: one of -portal, -team with -company, and -login", o.Name())}
	}
}

func (p *program) setSetting(ctx context.Context, args []string) error {
	o := p.settingOptions("setting set")
	name := o.String("name", "", "the setting; setting list shows them all")
	value := o.String("value", "", "on or off, a number, or a time like 30m")
	if err := o.parse(args, "name", "value"); err != nil {
		return err
	}
	setting, known := right.Lookup(*name)
	if !known {
		return usageError{fmt.Errorf("setting set: there is no setting %q", *name)}
	}
	wanted, err := setting.Parse(*value)
	if err != nil {
		return usageError{fmt.Errorf("setting set: %s is %s, not %q", *name, setting.Bounds(), *value)}
	}
	return p.change(ctx, o.options, func(c *store.Change) error {
		of, err := o.of(ctx, c)
		if err != nil {
			return err
		}
		return c.Set(ctx, of, setting.Name, wanted)
	})
}

func (p *program) clearSetting(ctx context.Context, args []string) error {
	o := p.settingOptions("setting clear")
	name := o.String("name", "", "the setting, about which others decide again")
	if err := o.parse(args, "name"); err != nil {
		return err
	}
	return p.change(ctx, o.options, func(c *store.Change) error {
		of, err := o.of(ctx, c)
		if err != nil {
			return err
		}
		return c.Unset(ctx, of, right.Name(*name))
	})
}

// listSettings shows what a portal, team or rep sets, beside what holds when nobody says anything.
func (p *program) listSettings(ctx context.Context, args []string) error {
	o := p.settingOptions("setting list")
	if err := o.parse(args); err != nil {
		return err
	}
	return p.read(ctx, o.options, func(s *store.Store, line func(...any)) error {
		values := right.Values{}
		if o.given("portal") || o.given("team") || o.given("login") {
			of, err := o.of(ctx, s)
			if err != nil {
				return err
			}
			if values, err = s.Settings(ctx, of); err != nil {
				return err
			}
		}
		line("NAME", "SET TO", "DEFAULT", "VALUES")
		for _, setting := range right.All() {
			set := "-"
			if value, says := values[setting.Name]; says {
				set = setting.Format(value)
			}
			line(setting.Name, set, setting.Format(setting.Default), setting.Bounds())
		}
		return nil
	})
}
