// Package row turns what the store holds into what the wire carries. Pure; nothing secret passes: no hashes, no e-mail
// addresses but a query's, and for customers no notes and only the rep's screen name.
package row

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"deskhand/protocol/pb"
	"deskhand/relay/internal/store"
)

// Addresses of pages, below the relay's public address.
const (
	portalPath = "/p/"
	joinPath   = "/j/"
)

// Time is unset for the zero time.
func Time(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// Rep is an account as its owner sees it.
func Rep(r store.Rep) *pb.Rep {
	return &pb.Rep{Id: r.ID, Login: r.Login, Name: r.Name, ScreenName: ScreenName(r), Company: r.Company}
}

// ScreenName is what customers see of a rep.
func ScreenName(r store.Rep) string {
	if r.ScreenName != "" {
		return r.ScreenName
	}
	return r.Name
}

// Portal is a portal with the address where customers open it.
func Portal(p store.Portal, publicURL string) *pb.Portal {
	return &pb.Portal{Slug: p.Slug, Name: p.Name, Kind: Kind(p.Kind), Mode: mode(p.Mode), Url: publicURL + portalPath + p.Slug}
}

// Kind is a portal's kind.
func Kind(k store.Kind) pb.PortalKind {
	switch k {
	case store.KindQuestion:
		return pb.PortalKind_PORTAL_QUESTION
	case store.KindCode:
		return pb.PortalKind_PORTAL_CODE
	default:
		return pb.PortalKind_PORTAL_UNSPECIFIED
	}
}

func mode(m store.Mode) pb.Mode {
	switch m {
	case store.ModeWeb:
		return pb.Mode_MODE_WEB
	case store.ModeQueue:
		return pb.Mode_MODE_QUEUE
	case store.ModePhone:
		return pb.Mode_MODE_PHONE
	default:
		return pb.Mode_MODE_UNSPECIFIED
	}
}

// Query is a query as reps see it.
func Query(q store.Query, portal string) *pb.Query {
	return &pb.Query{
		SessionId: q.SessionID, State: queryState(q.State), Portal: portal, Customer: q.Customer, Email: q.Email,
		Question: q.Question, Language: q.Language, System: q.System,
		PostedAt: Time(q.PostedAt), ExpiresAt: Time(q.ExpiresAt),
	}
}

func queryState(s store.QueryState) pb.QueryState {
	switch s {
	case store.QueryWaiting:
		return pb.QueryState_QUERY_WAITING
	case store.QueryTaken:
		return pb.QueryState_QUERY_TAKEN
	case store.QueryExpired:
		return pb.QueryState_QUERY_EXPIRED
	case store.QueryWithdrawn:
		return pb.QueryState_QUERY_WITHDRAWN
	default:
		return pb.QueryState_QUERY_UNSPECIFIED
	}
}

// Code is a code with the address that opens the join flow.
func Code(c store.Code, publicURL string) *pb.Code {
	return &pb.Code{
		Code: c.Code, State: CodeState(c.State), Name: c.Name, Portal: c.Portal,
		CreatedAt: Time(c.CreatedAt), ExpiresAt: Time(c.ExpiresAt), JoinUrl: publicURL + joinPath + c.Code,
	}
}

// CodeState is a code's state.
func CodeState(s store.CodeState) pb.CodeState {
	switch s {
	case store.CodeActive:
		return pb.CodeState_CODE_ACTIVE
	case store.CodeRedeemed:
		return pb.CodeState_CODE_REDEEMED
	case store.CodeExpired:
		return pb.CodeState_CODE_EXPIRED
	case store.CodeCancelled:
		return pb.CodeState_CODE_CANCELLED
	default:
		return pb.CodeState_CODE_UNSPECIFIED
	}
}

// Session is a session as reps see it.
func Session(s store.Session) *pb.SessionRow {
	return &pb.SessionRow{
		SessionId: s.ID, Portal: s.Portal, Customer: s.Customer, Question: s.Question, Language: s.Language,
		System: s.System, Rep: s.Rep, PostedAt: Time(s.PostedAt), StartedAt: Time(s.StartedAt), JoinedAt: Time(s.JoinedAt),
		EndedAt: Time(s.EndedAt), Outcome: pb.Outcome(s.Outcome), Notes: s.Notes,
	}
}

// SessionForCustomer is a session as its customer may see it.
func SessionForCustomer(s store.Session) *pb.SessionRow {
	r := Session(s)
	r.Rep, r.Notes, r.Outcome = s.RepScreenName, "", pb.Outcome_OUTCOME_UNSPECIFIED
	return r
}

// Rights are what the session's portal allows at most. Control without sight is no right.
func Rights(s store.Session) []pb.Right {
	var all []pb.Right
	if s.See {
		all = append(all, pb.Right_RIGHT_SEE)
	}
	if s.See && s.Control {
		all = append(all, pb.Right_RIGHT_CONTROL)
	}
	return all
}

// Line is one entry of a chat log.
func Line(l store.Line) *pb.Line {
	return &pb.Line{
		Seq: l.Seq, At: Time(l.At), From: l.From, Name: l.Name, Text: l.Text, Status: pb.Line_Status(l.Status),
		ClientId: l.ClientID,
	}
}
