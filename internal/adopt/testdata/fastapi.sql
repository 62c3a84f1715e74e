-- The schema of fixtures/targets/python-fastapi.
CREATE TABLE public.integration (
	company_id text NOT NULL, shop text NOT NULL, token_expires_at timestamp with time zone, scopes jsonb NOT NULL, metadata_info jsonb NOT NULL, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, id uuid NOT NULL, status character varying NOT NULL, access_token character varying, refresh_token character varying
);
CREATE TABLE public.oauth_state (
	created_at timestamp with time zone DEFAULT now() NOT NULL, state character varying NOT NULL, shop character varying NOT NULL, company_id character varying NOT NULL
);
CREATE TABLE public.shopify_customer (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id bigint NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, last_order_id bigint, orders_count bigint, admin_graphql_api_id text, currency text, email text, first_name text, last_name text, last_order_name text, marketing_opt_in_level text, multipass_identifier text, note text, phone text, state text, tags text, accepts_marketing boolean, tax_exempt boolean, verified_email boolean, total_spent numeric, accepts_marketing_updated_at timestamp with time zone, default_address jsonb, email_marketing_consent jsonb, sms_marketing_consent jsonb, tax_exemptions jsonb
);
CREATE TABLE public.shopify_customer_address (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id bigint NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, customer_id bigint, first_name text, last_name text, name text, company text, address1 text, address2 text, city text, province text, province_code text, country text, country_code text, country_name text, zip text, phone text, "default" boolean
);
CREATE TABLE public.shopify_fulfillment (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id bigint NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, order_id bigint, location_id bigint, admin_graphql_api_id text, email text, name text, service text, shipment_status text, status text, tracking_company text, tracking_number text, tracking_url text, variant_inventory_management text, notify_customer boolean, destination jsonb, origin_address jsonb, receipt jsonb, tracking_numbers jsonb, tracking_urls jsonb
);
CREATE TABLE public.shopify_fulfillment_line_item (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id text NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, fulfillment_id bigint, line_item_id bigint, fulfillment_line_item_id bigint, current_quantity bigint, fulfillable_quantity bigint, grams bigint, product_id bigint, quantity bigint, variant_id bigint, admin_graphql_api_id text, fulfillment_service text, fulfillment_status text, name text, sku text, title text, variant_inventory_management text, variant_title text, vendor text, gift_card boolean, product_exists boolean, requires_shipping boolean, taxable boolean, price numeric, total_discount numeric, price_set jsonb, properties jsonb, total_discount_set jsonb
);
CREATE TABLE public.shopify_inventory_item (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id bigint NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, admin_graphql_api_id text, country_code_of_origin text, harmonized_system_code text, province_code_of_origin text, sku text, weight_unit text, requires_shipping boolean, tracked boolean, cost numeric, weight_value numeric, country_harmonized_system_codes jsonb
);
CREATE TABLE public.shopify_inventory_level (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id text NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, inventory_item_id bigint, location_id bigint, available bigint, admin_graphql_api_id text
);
CREATE TABLE public.shopify_line_item (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id bigint NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, order_id bigint, current_quantity bigint, fulfillable_quantity bigint, grams bigint, product_id bigint, quantity bigint, sales_line_item_group_id bigint, variant_id bigint, admin_graphql_api_id text, fulfillment_service text, fulfillment_status text, name text, sku text, tip_payment_gateway text, tip_payment_method text, title text, variant_inventory_management text, variant_title text, vendor text, gift_card boolean, product_exists boolean, requires_shipping boolean, taxable boolean, pre_tax_price numeric, price numeric, total_discount numeric, attributed_staffs jsonb, destination_location jsonb, duties jsonb, origin_location jsonb, pre_tax_price_set jsonb, price_set jsonb, properties jsonb, total_discount_set jsonb
);
CREATE TABLE public.shopify_line_item_discount_allocation (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id text NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, order_id bigint, line_item_id bigint, "position" bigint, discount_application_index bigint, amount numeric, amount_set jsonb
);
CREATE TABLE public.shopify_line_item_tax_line (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id text NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, order_id bigint, line_item_id bigint, "position" bigint, title text, channel_liable boolean, price numeric, rate numeric, price_set jsonb
);
CREATE TABLE public.shopify_location (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id bigint NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, admin_graphql_api_id text, name text, address1 text, address2 text, city text, province text, province_code text, country text, country_code text, country_name text, zip text, phone text, localized_country_name text, localized_province_name text, active boolean, legacy boolean
);
CREATE TABLE public.shopify_order (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id bigint NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, customer_id bigint, app_id bigint, checkout_id bigint, device_id bigint, location_id bigint, merchant_of_record_app_id bigint, number bigint, order_number bigint, total_weight bigint, user_id bigint, admin_graphql_api_id text, browser_ip text, cancel_reason text, cart_token text, checkout_token text, confirmation_number text, contact_email text, currency text, customer_locale text, email text, financial_status text, fulfillment_status text, gateway text, landing_site text, landing_site_ref text, merchant_business_entity_id text, name text, note text, order_status_url text, phone text, po_number text, presentment_currency text, reference text, referring_site text, source_identifier text, source_name text, source_url text, tags text, token text, buyer_accepts_marketing boolean, confirmed boolean, duties_included boolean, estimated_taxes boolean, tax_exempt boolean, taxes_included boolean, test boolean, current_subtotal_price numeric, current_total_discounts numeric, current_total_price numeric, current_total_tax numeric, subtotal_price numeric, total_discounts numeric, total_line_items_price numeric, total_outstanding numeric, total_price numeric, total_tax numeric, total_tip_received numeric, cancelled_at timestamp with time zone, closed_at timestamp with time zone, processed_at timestamp with time zone, client_details jsonb, company jsonb, current_shipping_price_set jsonb, current_subtotal_price_set jsonb, current_total_additional_fees_set jsonb, current_total_discounts_set jsonb, current_total_duties_set jsonb, current_total_price_set jsonb, current_total_tax_set jsonb, note_attributes jsonb, original_total_additional_fees_set jsonb, original_total_duties_set jsonb, payment_details jsonb, payment_gateway_names jsonb, payment_terms jsonb, subtotal_price_set jsonb, total_cash_rounding_payment_adjustment_set jsonb, total_cash_rounding_refund_adjustment_set jsonb, total_discounts_set jsonb, total_line_items_price_set jsonb, total_price_set jsonb, total_shipping_price_set jsonb, total_tax_set jsonb
);
CREATE TABLE public.shopify_order_address (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id text NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, order_id bigint, kind text, first_name text, last_name text, name text, company text, address1 text, address2 text, city text, province text, province_code text, country text, country_code text, zip text, phone text, latitude numeric, longitude numeric
);
CREATE TABLE public.shopify_order_discount_application (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id text NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, order_id bigint, "position" bigint, type text, title text, description text, code text, value_type text, allocation_method text, target_selection text, target_type text, value numeric
);
CREATE TABLE public.shopify_order_discount_code (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id text NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, order_id bigint, "position" bigint, code text, type text, amount numeric
);
CREATE TABLE public.shopify_order_tax_line (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id text NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, order_id bigint, "position" bigint, title text, channel_liable boolean, price numeric, rate numeric, price_set jsonb
);
CREATE TABLE public.shopify_product (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id bigint NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, admin_graphql_api_id text, body_html text, handle text, product_type text, published_scope text, status text, tags text, template_suffix text, title text, vendor text, has_variants_that_requires_components boolean, published_at timestamp with time zone, category jsonb, image jsonb, media jsonb, variant_gids jsonb
);
CREATE TABLE public.shopify_product_image (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id bigint NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, product_id bigint, height bigint, width bigint, "position" bigint, admin_graphql_api_id text, alt text, src text, variant_ids jsonb
);
CREATE TABLE public.shopify_product_option (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id bigint NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, product_id bigint, "position" bigint, name text, "values" jsonb
);
CREATE TABLE public.shopify_product_variant (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id bigint NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, product_id bigint, grams bigint, image_id bigint, inventory_item_id bigint, inventory_quantity bigint, old_inventory_quantity bigint, "position" bigint, admin_graphql_api_id text, barcode text, fulfillment_service text, inventory_management text, inventory_policy text, option1 text, option2 text, option3 text, sku text, tax_code text, title text, weight_unit text, requires_shipping boolean, taxable boolean, compare_at_price numeric, price numeric, weight numeric, presentment_prices jsonb
);
CREATE TABLE public.shopify_raw_ingest (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, company_id text NOT NULL, object_type text NOT NULL, shopify_object_id text NOT NULL, source text NOT NULL, topic text, webhook_id text, payload jsonb NOT NULL, dedupe_hash_canonical text NOT NULL, diff jsonb, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, processing_status text NOT NULL, error_message text, attempts integer DEFAULT 0 NOT NULL, received_at timestamp with time zone DEFAULT now() NOT NULL, processed_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, integration_id uuid NOT NULL
);
CREATE TABLE public.shopify_refund (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id bigint NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, order_id bigint, user_id bigint, admin_graphql_api_id text, note text, restock boolean, processed_at timestamp with time zone, additional_fees jsonb, duties jsonb, refund_shipping_lines jsonb, return_info jsonb, total_additional_fees_set jsonb, total_duties_set jsonb, transactions jsonb
);
CREATE TABLE public.shopify_refund_line_item (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id bigint NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, refund_id bigint, line_item_id bigint, location_id bigint, quantity bigint, restock_type text, subtotal numeric, total_tax numeric, subtotal_set jsonb, total_tax_set jsonb
);
CREATE TABLE public.shopify_refund_order_adjustment (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id bigint NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, refund_id bigint, order_id bigint, kind text, reason text, amount numeric, tax_amount numeric, amount_set jsonb, tax_amount_set jsonb
);
CREATE TABLE public.shopify_shipping_line (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id bigint NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, order_id bigint, carrier_identifier text, code text, delivery_category text, phone text, requested_fulfillment_service_id text, source text, title text, is_removed boolean, discounted_price numeric, price numeric, current_discounted_price_set jsonb, discount_allocations jsonb, discounted_price_set jsonb, price_set jsonb, tax_lines jsonb
);
CREATE TABLE public.shopify_transaction (
	id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, integration_id uuid NOT NULL, company_id text NOT NULL, shopify_object_id bigint NOT NULL, shopify_created_at timestamp with time zone, shopify_updated_at timestamp with time zone, shopify_triggered_at timestamp with time zone, created_at timestamp with time zone DEFAULT now() NOT NULL, updated_at timestamp with time zone DEFAULT now() NOT NULL, deleted_at timestamp with time zone, order_id bigint, parent_id bigint, device_id bigint, location_id bigint, user_id bigint, admin_graphql_api_id text, "authorization" text, currency text, error_code text, gateway text, kind text, message text, payment_id text, source_name text, status text, manual_payment_gateway boolean, test boolean, amount numeric, amount_rounding numeric, authorization_expires_at timestamp with time zone, processed_at timestamp with time zone, currency_exchange_adjustment jsonb, extended_authorization_attributes jsonb, payment_details jsonb, payments_refund_attributes jsonb, receipt jsonb, total_unsettled_set jsonb
);
CREATE TABLE public.sync_run (
	stats jsonb NOT NULL, warnings jsonb NOT NULL, created_at timestamp with time zone DEFAULT now() NOT NULL, finished_at timestamp with time zone, id uuid NOT NULL, integration_id uuid NOT NULL, state character varying NOT NULL
);
ALTER TABLE integration ADD PRIMARY KEY (id);
ALTER TABLE integration ADD UNIQUE (shop);
ALTER TABLE oauth_state ADD PRIMARY KEY (state);
ALTER TABLE shopify_customer ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_customer ADD PRIMARY KEY (id);
ALTER TABLE shopify_customer_address ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_customer_address ADD PRIMARY KEY (id);
ALTER TABLE shopify_fulfillment ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_fulfillment ADD PRIMARY KEY (id);
ALTER TABLE shopify_fulfillment_line_item ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_fulfillment_line_item ADD PRIMARY KEY (id);
ALTER TABLE shopify_inventory_item ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_inventory_item ADD PRIMARY KEY (id);
ALTER TABLE shopify_inventory_level ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_inventory_level ADD PRIMARY KEY (id);
ALTER TABLE shopify_line_item ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_line_item ADD PRIMARY KEY (id);
ALTER TABLE shopify_line_item_discount_allocation ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_line_item_discount_allocation ADD PRIMARY KEY (id);
ALTER TABLE shopify_line_item_tax_line ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_line_item_tax_line ADD PRIMARY KEY (id);
ALTER TABLE shopify_location ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_location ADD PRIMARY KEY (id);
ALTER TABLE shopify_order ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_order ADD PRIMARY KEY (id);
ALTER TABLE shopify_order_address ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_order_address ADD PRIMARY KEY (id);
ALTER TABLE shopify_order_discount_application ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_order_discount_application ADD PRIMARY KEY (id);
ALTER TABLE shopify_order_discount_code ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_order_discount_code ADD PRIMARY KEY (id);
ALTER TABLE shopify_order_tax_line ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_order_tax_line ADD PRIMARY KEY (id);
ALTER TABLE shopify_product ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_product ADD PRIMARY KEY (id);
ALTER TABLE shopify_product_image ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_product_image ADD PRIMARY KEY (id);
ALTER TABLE shopify_product_option ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_product_option ADD PRIMARY KEY (id);
ALTER TABLE shopify_product_variant ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_product_variant ADD PRIMARY KEY (id);
ALTER TABLE shopify_raw_ingest ADD UNIQUE (integration_id, object_type, shopify_object_id, dedupe_hash_canonical);
ALTER TABLE shopify_raw_ingest ADD PRIMARY KEY (id);
ALTER TABLE shopify_refund ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_refund ADD PRIMARY KEY (id);
ALTER TABLE shopify_refund_line_item ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_refund_line_item ADD PRIMARY KEY (id);
ALTER TABLE shopify_refund_order_adjustment ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_refund_order_adjustment ADD PRIMARY KEY (id);
ALTER TABLE shopify_shipping_line ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_shipping_line ADD PRIMARY KEY (id);
ALTER TABLE shopify_transaction ADD UNIQUE (integration_id, shopify_object_id);
ALTER TABLE shopify_transaction ADD PRIMARY KEY (id);
ALTER TABLE sync_run ADD PRIMARY KEY (id);
ALTER TABLE shopify_customer ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_customer_address ADD FOREIGN KEY (integration_id, customer_id) REFERENCES shopify_customer(integration_id, shopify_object_id);
ALTER TABLE shopify_customer_address ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_fulfillment ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_fulfillment_line_item ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_fulfillment_line_item ADD FOREIGN KEY (integration_id, fulfillment_id) REFERENCES shopify_fulfillment(integration_id, shopify_object_id);
ALTER TABLE shopify_inventory_item ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_inventory_level ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_line_item ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_line_item ADD FOREIGN KEY (integration_id, order_id) REFERENCES shopify_order(integration_id, shopify_object_id);
ALTER TABLE shopify_line_item_discount_allocation ADD FOREIGN KEY (integration_id, line_item_id) REFERENCES shopify_line_item(integration_id, shopify_object_id);
ALTER TABLE shopify_line_item_discount_allocation ADD FOREIGN KEY (integration_id, order_id) REFERENCES shopify_order(integration_id, shopify_object_id);
ALTER TABLE shopify_line_item_discount_allocation ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_line_item_tax_line ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_line_item_tax_line ADD FOREIGN KEY (integration_id, line_item_id) REFERENCES shopify_line_item(integration_id, shopify_object_id);
ALTER TABLE shopify_line_item_tax_line ADD FOREIGN KEY (integration_id, order_id) REFERENCES shopify_order(integration_id, shopify_object_id);
ALTER TABLE shopify_location ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_order ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_order_address ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_order_address ADD FOREIGN KEY (integration_id, order_id) REFERENCES shopify_order(integration_id, shopify_object_id);
ALTER TABLE shopify_order_discount_application ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_order_discount_application ADD FOREIGN KEY (integration_id, order_id) REFERENCES shopify_order(integration_id, shopify_object_id);
ALTER TABLE shopify_order_discount_code ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_order_discount_code ADD FOREIGN KEY (integration_id, order_id) REFERENCES shopify_order(integration_id, shopify_object_id);
ALTER TABLE shopify_order_tax_line ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_order_tax_line ADD FOREIGN KEY (integration_id, order_id) REFERENCES shopify_order(integration_id, shopify_object_id);
ALTER TABLE shopify_product ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_product_image ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_product_image ADD FOREIGN KEY (integration_id, product_id) REFERENCES shopify_product(integration_id, shopify_object_id);
ALTER TABLE shopify_product_option ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_product_option ADD FOREIGN KEY (integration_id, product_id) REFERENCES shopify_product(integration_id, shopify_object_id);
ALTER TABLE shopify_product_variant ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_raw_ingest ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_refund ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_refund_line_item ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_refund_line_item ADD FOREIGN KEY (integration_id, refund_id) REFERENCES shopify_refund(integration_id, shopify_object_id);
ALTER TABLE shopify_refund_order_adjustment ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_refund_order_adjustment ADD FOREIGN KEY (integration_id, refund_id) REFERENCES shopify_refund(integration_id, shopify_object_id);
ALTER TABLE shopify_shipping_line ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE shopify_shipping_line ADD FOREIGN KEY (integration_id, order_id) REFERENCES shopify_order(integration_id, shopify_object_id);
ALTER TABLE shopify_transaction ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
ALTER TABLE sync_run ADD FOREIGN KEY (integration_id) REFERENCES integration(id);
