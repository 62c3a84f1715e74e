package profile

// Meaning says what a target has that has the notion.
func (n Notion) Meaning() string {
	switch n {
	case Describe:
		return "it says what it asks for, syncs and registers; without it claims are not compared with what was seen"
	case Connect:
		return "it makes an integration of an account whose credentials are given"
	case Authorize:
		return "it connects an account by its owner's consent, on pages of its own"
	case RegisterWebhooks:
		return "it registers its webhooks with the source"
	case Sync:
		return "it copies when it is told to"
	case Webhook:
		return "it takes deliveries; without it the source's changes reach it by syncing again"
	case Retry:
		return "it refines again what it could not refine"
	case Stats:
		return "it says how many rows it has"
	case Disconnect:
		return "it ends an integration"
	case Raw:
		return "a table with every payload as it came"
	case Tenants:
		return "a column with the integration in each table; without it each scenario has a database of its own"
	case Company:
		return "a column with the company in each table"
	case RowTimes:
		return "columns with the times at which a row was made and changed"
	case Metadata:
		return "a table of connected accounts with what is known of each"
	case Counts:
		return "what a sync says it fetched, ingested and failed on"
	case StartDate:
		return "a sync from a given time on"
	}
	return ""
}
