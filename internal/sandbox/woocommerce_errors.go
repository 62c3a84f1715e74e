package sandbox

import (
	"net/http"
	"strconv"
	"strings"
)

// wooError is an error as WordPress writes it.
func wooError(status int, code, message string) *answer {
	body, _ := encode(struct {
		Code    string         `json:"code"`
		Message string         `json:"message"`
		Data    map[string]int `json:"data"`
	}{code, message, map[string]int{"status": status}})
	return reply(status, body)
}

// wooMissing are the codes and messages for an object that is not there.
func wooMissing(object string) (code, message string) {
	switch object {
	case "orders":
		return "woocommerce_rest_shop_order_invalid_id", "Invalid ID."
	case "refunds":
		return "woocommerce_rest_shop_order_refund_invalid_id", "Invalid ID."
	case "coupons":
		return "woocommerce_rest_shop_coupon_invalid_id", "Invalid ID."
	case "products":
		return "woocommerce_rest_product_invalid_id", "Invalid ID."
	case "variations":
		return "woocommerce_rest_product_variation_invalid_id", "Invalid ID."
	case "customers":
		return "wc_user_invalid_id", "Invalid user ID."
	case "reviews":
		return "woocommerce_rest_review_invalid_id", "Invalid review ID."
	case "categories", "tags", "attribute_terms", "attributes":
		return "woocommerce_rest_term_invalid", "Resource does not exist."
	case hooksName:
		return "woocommerce_rest_shop_webhook_invalid_id", "ID is invalid."
	}
	return "woocommerce_rest_invalid_id", "Invalid resource ID."
}

// refuse gives WooCommerce's own answers, as they were recorded.
func (w *woocommerce) refuse(q *query, r refusal) *answer {
	switch r.why {
	case noRoute:
		return wooError(http.StatusNotFound, "rest_no_route", "No route was found matching the URL and request method.")
	case noObject:
		if r.param == "parent" && q.kind.Name == "order_notes" {
			return wooError(http.StatusNotFound, "woocommerce_rest_shop_order_invalid_id", "Invalid order ID.")
		}
		code, message := wooMissing(q.kind.Name)
		return wooError(http.StatusNotFound, code, message)
	case noCredential: // an unknown key is as good as none
		return wooError(http.StatusUnauthorized, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
	case wrongSecret:
		return wooError(http.StatusUnauthorized, "woocommerce_rest_authentication_error", "Consumer secret is invalid.")
	case noPermission:
		return wooError(http.StatusUnauthorized, "woocommerce_rest_authentication_error",
			"The API key provided does not have "+r.param+" permissions.")
	case tooFast: // the shop has no limit: what answers is the host in front of it
		a := reply(http.StatusTooManyRequests, []byte("Too Many Requests\n"))
		a.header.Set("Content-Type", "text/plain")
		retryAfter(w.manifest, a, r)
		return a
	case badSize, badPage, badParam:
		return w.badParameter(q, r)
	case badBody:
		return reply(http.StatusBadRequest, []byte(`{"code":"rest_invalid_json","message":"Invalid JSON body passed.",`+
			`"data":{"status":400,"json_error_code":4,"json_error_message":"Syntax error"}}`))
	case missingField:
		if r.param == w.manifest.Webhooks.Registration.Topic {
			break
		}
		return reply(http.StatusBadRequest, []byte(`{"code":"rest_missing_callback_param","message":"Missing parameter(s): `+r.param+
			`","data":{"status":400,"params":["`+r.param+`"]}}`))
	case badAddress:
		return wooError(http.StatusBadRequest, "woocommerce_rest_shop_webhook_invalid_delivery_url",
			"Webhook delivery URL must be a valid URL starting with http:// or https://.")
	case needsForce:
		return wooError(http.StatusNotImplemented, "woocommerce_rest_trash_not_supported", "Webhooks do not support trashing.")
	}
	if r.why == badTopic || r.why == missingField {
		return wooError(http.StatusBadRequest, "woocommerce_rest_shop_webhook_invalid_topic", "Webhook topic is required and must be valid.")
	}
	return wooError(r.status(), "rest_invalid_param", "Invalid parameter(s): "+r.param)
}

// badParameter says what is wrong with a parameter.
func (w *woocommerce) badParameter(q *query, r refusal) *answer {
	code, message, data := "rest_out_of_bounds", "", "null"
	_, notNumber := strconv.Atoi(r.value)
	switch {
	case r.why == badParam && r.value == "type" || r.why != badParam && notNumber != nil:
		code, message, data = "rest_invalid_type", r.param+" is not of type integer.", `{"param":"`+r.param+`"}`
	case r.why == badSize:
		message = r.param + " must be between 1 (inclusive) and " + strconv.Itoa(w.manifest.API.Pagination.Size.Max) + " (inclusive)"
	case r.why == badPage:
		message = r.param + " must be greater than or equal to 1"
	case r.value == "date":
		code, message = "rest_invalid_date", "Invalid date."
	default:
		l := w.lists[q.kind.Name]
		values, name := l.enums[r.param], r.param
		switch r.param {
		case "orderby":
			values = l.orders
		case "order":
			values = []string{"asc", "desc"}
		case "status":
			if l.statuses {
				name = "status[0]"
			}
		}
		code, message = "rest_not_in_enum", name+" is not one of "+listed(values)+"."
	}
	said, _ := encode(message)
	return reply(http.StatusBadRequest, []byte(`{"code":"rest_invalid_param","message":"Invalid parameter(s): `+r.param+
		`","data":{"status":400,"params":{"`+r.param+`":`+string(said)+`},"details":{"`+r.param+`":{"code":"`+code+
		`","message":`+string(said)+`,"data":`+data+`}}}}`))
}

// listed joins values as WordPress does: a, b, and c.
func listed(values []string) string {
	switch n := len(values); n {
	case 0, 1:
		return strings.Join(values, "")
	case 2:
		return values[0] + " and " + values[1]
	default:
		return strings.Join(values[:n-1], ", ") + ", and " + values[n-1]
	}
}
