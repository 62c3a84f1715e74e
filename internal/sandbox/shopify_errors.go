package sandbox

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// The bucket of a shop whose plan is not known to have another.
const shopifyBucket = 40

// refuse says no as Shopify does: in errors, which is a text or an object.
func (s *shopify) refuse(q *query, r refusal) *answer {
	if q.route != nil && (q.route.does == token || q.route.does == consent) {
		return s.refuseOAuth(r)
	}
	a := reply(s.statusOf(r), wrap("errors", s.errors(q, r)))
	retryAfter(s.manifest, a, r)
	return a
}

func (s *shopify) statusOf(r refusal) int {
	switch {
	case r.why == missingField && r.param == s.manifest.Webhooks.Registration.At:
		return http.StatusBadRequest
	case r.why == tooManyIDs:
		return http.StatusBadRequest
	}
	return r.status()
}

// errors is the value of errors, as JSON. Of those marked so nothing was seen but the status, if that.
func (s *shopify) errors(q *query, r refusal) []byte {
	say := func(format string, args ...any) []byte {
		doc, _ := encode(fmt.Sprintf(format, args...)) // text is always JSON
		return doc
	}
	about := func(field string, messages ...string) []byte {
		doc, _ := encode(map[string][]string{field: messages})
		return doc
	}
	one := func(field, message string) []byte {
		doc, _ := encode(map[string]string{field: message})
		return doc
	}
	switch r.why {
	case noCredential, wrongSecret:
		return say("[API] Invalid API key or access token (unrecognized login or wrong password)")
	case noScope:
		return say("[API] This action requires merchant approval for %s scope.", r.param)
	case frozen:
		return say("Unavailable Shop")
	case locked: // not seen
		return say("Locked")
	case tooFast:
		perSecond := 2.0
		if q.account.config.Limit != nil {
			perSecond = q.account.config.Limit.Leak
		}
		return say("Exceeded %v calls per second for api client. Reduce request rates to resume uninterrupted service.", perSecond)
	case badSize:
		if n, err := strconv.Atoi(r.value); err == nil && n > 0 {
			return say("Limit exceeds maximum limit of %d", s.manifest.API.Pagination.Size.Max)
		}
		return one(r.param, "Invalid value.") // not seen
	case badCursor, badParam:
		return one(r.param, "Invalid value.")
	case besideCursor:
		return one(r.param, r.param+" cannot be passed when page_info is present. See https://shopify.dev/api/usage/pagination-rest for more information.")
	case needsIDs: // not seen
		return say("%s or another list of ids is required", r.param)
	case tooManyIDs: // not seen
		return one(r.param, "Too many ids.")
	case badTopic:
		return about(r.param, fmt.Sprintf("Invalid topic specified: %s. Does it exist? Is there a missing access scope? Topics allowed: %s",
			r.value, strings.Join(s.allowed(q), ", ")))
	case takenAddress:
		return about(r.param, "for this topic has already been taken")
	case badAddress:
		return about(r.param, "is invalid")
	case missingField:
		if r.param == s.manifest.Webhooks.Registration.At {
			return one(r.param, "Required parameter missing or invalid")
		}
		return about(r.param, "can't be blank")
	case badBody:
		return say("Bad Request") // not seen
	}
	return say("Not Found")
}

// allowed are the topics that a token may subscribe to.
func (s *shopify) allowed(q *query) []string {
	var topics []string
	for _, t := range s.manifest.Registrable() {
		if scope, ok := s.topicScope(t); ok && (scope == "" || q.token != nil && q.account.holds(q.token.scopes, scope)) {
			topics = append(topics, t)
		}
	}
	return topics
}

// refuseOAuth says no where a token is asked for.
func (s *shopify) refuseOAuth(r refusal) *answer {
	code, description := "invalid_request", "The request is invalid"
	switch r.why {
	case badCode:
		description = "The authorization code was not found or was already used"
	case badClient: // not seen, as are the following
		code, description = "invalid_client", "The client is unknown or its secret is wrong"
	case badRefresh:
		description = "The refresh token was not found, was already used or is over"
	case badGrant:
		code, description = "unsupported_grant_type", "The grant type is not supported"
	case badRedirect:
		description = "The redirect_uri is not allowed"
	case noRoute:
		return reply(http.StatusNotFound, []byte(`{"errors":"Not Found"}`))
	}
	doc, _ := encode(struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}{code, description})
	return reply(http.StatusBadRequest, doc)
}

// finish adds the call limit, which is missing on the very answers that it is the cause of, and says what is deprecated.
func (s *shopify) finish(q *query, a *answer, p *page) {
	s.generic.finish(q, a, p)
	if a.status == http.StatusTooManyRequests || q.below == "" {
		return
	}
	used, bucket := max(q.used, 1), q.bucket
	if bucket == 0 {
		bucket = shopifyBucket
	}
	a.header.Set("X-Shopify-Shop-Api-Call-Limit", strconv.Itoa(used)+"/"+strconv.Itoa(bucket))
	if q.kind != nil && (q.kind.Name == "products" || q.kind.Name == "product_variants") {
		a.header.Set("X-Shopify-API-Deprecated-Reason", "https://shopify.dev/api/admin-rest#products")
	}
}
