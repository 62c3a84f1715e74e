package profile

// Result is one thing that a verb may answer.
type Result struct {
	Name, Meaning string
	// Element says that it is looked for in each element of the list or mapping that comes before it.
	Element bool
}

// RunID is what names work that was only accepted, in the first answer of a verb with poll.
const RunID = "run_id"

// Results are what a verb may answer.
func Results(verb Notion) []Result {
	connected := []Result{
		{"integration_id", "what the target calls the connected account; needed unless tenants are lacking", false},
		{"company_id", "whom its rows belong to; needed unless company is lacking", false},
		{"webhook_url", "where its deliveries go, if verbs.webhook has no url", false},
	}
	switch verb {
	case Describe:
		return []Result{
			{"scopes", "a list: what the target asks for when an account is connected", false},
			{"functions", "a list: its sync functions, in the order they run", false},
			{"topics", "a list: the webhook topics that it registers", false},
		}
	case Connect:
		return connected
	case Authorize:
		return append([]Result{{"authorize_url", "where the account's owner has to go", false}},
			append(connected, Result{"granted", "a list: the scopes that were granted; of the callback's answer, as the three before", false})...)
	case RegisterWebhooks:
		return []Result{
			{"registered", "a list of topics, or of elements, or a mapping by topic", false},
			{"topic", "the topic", true},
			{"status", "registered, or anything else for a failure; without it one that has no error is registered", true},
			{"error", "why it failed", true},
		}
	case Sync:
		return []Result{
			{"counts", "a mapping by sync function, or by object; with each: of that call, or such a mapping; needed unless counts is lacking", false},
			{"fetched", "how many objects were received", true},
			{"ingested", "how many were new or changed", true},
			{"errors", "how many objects and requests failed", true},
			{"error", "the first failure", true},
			{"note", "why there was nothing to fetch", true},
		}
	case Retry:
		return []Result{{"retried", "how many were tried again", false}, {"healed", "how many of them were good then", false}}
	case Stats:
		return []Result{
			{"objects", "a mapping by object, or by table", false},
			{"rows", "how many rows there are", true},
			{"deleted", "how many of them are deleted", true},
		}
	}
	return nil
}
