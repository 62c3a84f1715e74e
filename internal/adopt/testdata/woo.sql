-- The schema of fixtures/targets/batch-woocommerce.
CREATE SCHEMA woo;
CREATE TABLE woo.categories (
	store_id bigint NOT NULL, woo_id bigint NOT NULL, inserted_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, touched_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, removed_at timestamp without time zone, name text, slug text, description text, display text, parent_id bigint, menu_order bigint, count bigint, image jsonb
);
CREATE TABLE woo.coupons (
	store_id bigint NOT NULL, woo_id bigint NOT NULL, inserted_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, touched_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, removed_at timestamp without time zone, created_in_store timestamp without time zone, changed_in_store timestamp without time zone, code text, status text, discount_type text, description text, amount numeric, minimum_amount numeric, maximum_amount numeric, expires timestamp without time zone, usage_count bigint, usage_limit bigint, usage_limit_per_user bigint, limit_usage_to_x_items bigint, individual_use boolean, free_shipping boolean, exclude_sale_items boolean, product_ids jsonb, excluded_product_ids jsonb, product_categories jsonb, excluded_product_categories jsonb, email_restrictions jsonb, used_by jsonb, meta_data jsonb
);
CREATE TABLE woo.customers (
	store_id bigint NOT NULL, woo_id bigint NOT NULL, inserted_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, touched_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, removed_at timestamp without time zone, created_in_store timestamp without time zone, changed_in_store timestamp without time zone, email text, first_name text, last_name text, role text, username text, avatar_url text, billing_email text, billing_first_name text, billing_last_name text, billing_company text, billing_address_1 text, billing_address_2 text, billing_city text, billing_state text, billing_postcode text, billing_country text, billing_phone text, shipping_first_name text, shipping_last_name text, shipping_company text, shipping_address_1 text, shipping_address_2 text, shipping_city text, shipping_state text, shipping_postcode text, shipping_country text, shipping_phone text, is_paying_customer boolean, meta_data jsonb
);
CREATE TABLE woo.order_coupons (
	store_id bigint NOT NULL, woo_id bigint NOT NULL, order_woo_id bigint NOT NULL, inserted_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, touched_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, removed_at timestamp without time zone, code text, discount_type text, discount numeric, discount_tax numeric, nominal_amount numeric, free_shipping boolean, meta_data jsonb
);
CREATE TABLE woo.order_fees (
	store_id bigint NOT NULL, woo_id bigint NOT NULL, order_woo_id bigint NOT NULL, inserted_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, touched_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, removed_at timestamp without time zone, name text, tax_class text, tax_status text, amount numeric, total_cents bigint, total_tax_cents bigint, taxes jsonb, meta_data jsonb
);
CREATE TABLE woo.order_items (
	store_id bigint NOT NULL, woo_id bigint NOT NULL, order_woo_id bigint NOT NULL, inserted_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, touched_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, removed_at timestamp without time zone, name text, tax_class text, sku text, global_unique_id text, parent_name text, product_id bigint, variation_id bigint, quantity numeric, price numeric, subtotal_cents bigint, subtotal_tax_cents bigint, total_cents bigint, total_tax_cents bigint, taxes jsonb, image jsonb, meta_data jsonb
);
CREATE TABLE woo.order_shipping (
	store_id bigint NOT NULL, woo_id bigint NOT NULL, order_woo_id bigint NOT NULL, inserted_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, touched_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, removed_at timestamp without time zone, method_title text, method_id text, instance_id text, tax_status text, total_cents bigint, total_tax_cents bigint, taxes jsonb, meta_data jsonb
);
CREATE TABLE woo.order_taxes (
	store_id bigint NOT NULL, woo_id bigint NOT NULL, order_woo_id bigint NOT NULL, inserted_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, touched_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, removed_at timestamp without time zone, rate_code text, label text, rate_id bigint, compound boolean, rate_percent numeric, tax_total_cents bigint, shipping_tax_total_cents bigint, meta_data jsonb
);
CREATE TABLE woo.orders (
	store_id bigint NOT NULL, woo_id bigint NOT NULL, inserted_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, touched_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, removed_at timestamp without time zone, created_in_store timestamp without time zone, changed_in_store timestamp without time zone, number text, status text, currency text, currency_symbol text, version text, order_key text, payment_method text, payment_method_title text, transaction_id text, customer_ip_address text, customer_user_agent text, created_via text, customer_note text, cart_hash text, payment_url text, billing_email text, billing_first_name text, billing_last_name text, billing_company text, billing_address_1 text, billing_address_2 text, billing_city text, billing_state text, billing_postcode text, billing_country text, billing_phone text, shipping_first_name text, shipping_last_name text, shipping_company text, shipping_address_1 text, shipping_address_2 text, shipping_city text, shipping_state text, shipping_postcode text, shipping_country text, shipping_phone text, parent_id bigint, customer_id bigint, completed_in_store timestamp without time zone, paid_in_store timestamp without time zone, prices_include_tax boolean, is_editable boolean, needs_payment boolean, needs_processing boolean, discount_total_cents bigint, discount_tax_cents bigint, shipping_total_cents bigint, shipping_tax_cents bigint, cart_tax_cents bigint, total_cents bigint, total_tax_cents bigint, refunds jsonb, meta_data jsonb
);
CREATE TABLE woo.products (
	store_id bigint NOT NULL, woo_id bigint NOT NULL, inserted_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, touched_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, removed_at timestamp without time zone, created_in_store timestamp without time zone, changed_in_store timestamp without time zone, name text, sku text, global_unique_id text, type text, status text, permalink text, description text, tax_status text, tax_class text, stock_status text, backorders text, weight text, length text, width text, height text, shipping_class text, price numeric, regular_price numeric, sale_price numeric, stock_quantity numeric, low_stock_amount numeric, on_sale_from timestamp without time zone, on_sale_to timestamp without time zone, on_sale boolean, purchasable boolean, virtual boolean, downloadable boolean, backorders_allowed boolean, backordered boolean, download_limit bigint, download_expiry bigint, shipping_class_id bigint, menu_order bigint, downloads jsonb, attributes jsonb, meta_data jsonb, slug text, catalog_visibility text, short_description text, external_url text, button_text text, purchase_note text, price_html text, post_password text, featured boolean, manage_stock boolean, sold_individually boolean, shipping_required boolean, shipping_taxable boolean, reviews_allowed boolean, has_options boolean, total_sales bigint, rating_count bigint, parent_id bigint, average_rating numeric, upsell_ids jsonb, cross_sell_ids jsonb, categories jsonb, brands jsonb, tags jsonb, images jsonb, default_attributes jsonb, variations jsonb, grouped_products jsonb
);
CREATE TABLE woo.refund_items (
	store_id bigint NOT NULL, woo_id bigint NOT NULL, refund_woo_id bigint NOT NULL, inserted_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, touched_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, removed_at timestamp without time zone, name text, tax_class text, sku text, global_unique_id text, parent_name text, product_id bigint, variation_id bigint, quantity numeric, price numeric, subtotal_cents bigint, subtotal_tax_cents bigint, total_cents bigint, total_tax_cents bigint, taxes jsonb, image jsonb, meta_data jsonb
);
CREATE TABLE woo.refunds (
	store_id bigint NOT NULL, woo_id bigint NOT NULL, order_woo_id bigint NOT NULL, inserted_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, touched_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, removed_at timestamp without time zone, created_in_store timestamp without time zone, amount_cents bigint, reason text, refunded_by bigint, refunded_payment boolean, shipping_lines jsonb, fee_lines jsonb, tax_lines jsonb, meta_data jsonb
);
CREATE TABLE woo.stores (
	store_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, url text NOT NULL, consumer_key text NOT NULL, consumer_secret text NOT NULL, inserted_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, touched_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL
);
CREATE TABLE woo.tags (
	store_id bigint NOT NULL, woo_id bigint NOT NULL, inserted_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, touched_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, removed_at timestamp without time zone, name text, slug text, description text, count bigint
);
CREATE TABLE woo.variations (
	store_id bigint NOT NULL, woo_id bigint NOT NULL, product_woo_id bigint NOT NULL, inserted_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, touched_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'utc'::text) NOT NULL, removed_at timestamp without time zone, created_in_store timestamp without time zone, changed_in_store timestamp without time zone, name text, sku text, global_unique_id text, type text, status text, permalink text, description text, tax_status text, tax_class text, stock_status text, backorders text, weight text, length text, width text, height text, shipping_class text, price numeric, regular_price numeric, sale_price numeric, stock_quantity numeric, low_stock_amount numeric, on_sale_from timestamp without time zone, on_sale_to timestamp without time zone, on_sale boolean, purchasable boolean, virtual boolean, downloadable boolean, backorders_allowed boolean, backordered boolean, download_limit bigint, download_expiry bigint, shipping_class_id bigint, menu_order bigint, downloads jsonb, attributes jsonb, meta_data jsonb, manage_stock text, image jsonb
);
ALTER TABLE woo.categories ADD PRIMARY KEY (store_id, woo_id);
ALTER TABLE woo.coupons ADD PRIMARY KEY (store_id, woo_id);
ALTER TABLE woo.customers ADD PRIMARY KEY (store_id, woo_id);
ALTER TABLE woo.order_coupons ADD PRIMARY KEY (store_id, woo_id);
ALTER TABLE woo.order_fees ADD PRIMARY KEY (store_id, woo_id);
ALTER TABLE woo.order_items ADD PRIMARY KEY (store_id, woo_id);
ALTER TABLE woo.order_shipping ADD PRIMARY KEY (store_id, woo_id);
ALTER TABLE woo.order_taxes ADD PRIMARY KEY (store_id, woo_id);
ALTER TABLE woo.orders ADD PRIMARY KEY (store_id, woo_id);
ALTER TABLE woo.products ADD PRIMARY KEY (store_id, woo_id);
ALTER TABLE woo.refund_items ADD PRIMARY KEY (store_id, woo_id);
ALTER TABLE woo.refunds ADD PRIMARY KEY (store_id, woo_id);
ALTER TABLE woo.stores ADD PRIMARY KEY (store_id);
ALTER TABLE woo.stores ADD UNIQUE (url);
ALTER TABLE woo.tags ADD PRIMARY KEY (store_id, woo_id);
ALTER TABLE woo.variations ADD PRIMARY KEY (store_id, woo_id);
ALTER TABLE woo.categories ADD FOREIGN KEY (store_id) REFERENCES woo.stores(store_id);
ALTER TABLE woo.coupons ADD FOREIGN KEY (store_id) REFERENCES woo.stores(store_id);
ALTER TABLE woo.customers ADD FOREIGN KEY (store_id) REFERENCES woo.stores(store_id);
ALTER TABLE woo.order_coupons ADD FOREIGN KEY (store_id) REFERENCES woo.stores(store_id);
ALTER TABLE woo.order_coupons ADD FOREIGN KEY (store_id, order_woo_id) REFERENCES woo.orders(store_id, woo_id);
ALTER TABLE woo.order_fees ADD FOREIGN KEY (store_id) REFERENCES woo.stores(store_id);
ALTER TABLE woo.order_fees ADD FOREIGN KEY (store_id, order_woo_id) REFERENCES woo.orders(store_id, woo_id);
ALTER TABLE woo.order_items ADD FOREIGN KEY (store_id) REFERENCES woo.stores(store_id);
ALTER TABLE woo.order_items ADD FOREIGN KEY (store_id, order_woo_id) REFERENCES woo.orders(store_id, woo_id);
ALTER TABLE woo.order_shipping ADD FOREIGN KEY (store_id) REFERENCES woo.stores(store_id);
ALTER TABLE woo.order_shipping ADD FOREIGN KEY (store_id, order_woo_id) REFERENCES woo.orders(store_id, woo_id);
ALTER TABLE woo.order_taxes ADD FOREIGN KEY (store_id) REFERENCES woo.stores(store_id);
ALTER TABLE woo.order_taxes ADD FOREIGN KEY (store_id, order_woo_id) REFERENCES woo.orders(store_id, woo_id);
ALTER TABLE woo.orders ADD FOREIGN KEY (store_id) REFERENCES woo.stores(store_id);
ALTER TABLE woo.products ADD FOREIGN KEY (store_id) REFERENCES woo.stores(store_id);
ALTER TABLE woo.refund_items ADD FOREIGN KEY (store_id) REFERENCES woo.stores(store_id);
ALTER TABLE woo.refund_items ADD FOREIGN KEY (store_id, refund_woo_id) REFERENCES woo.refunds(store_id, woo_id);
ALTER TABLE woo.refunds ADD FOREIGN KEY (store_id) REFERENCES woo.stores(store_id);
ALTER TABLE woo.refunds ADD FOREIGN KEY (store_id, order_woo_id) REFERENCES woo.orders(store_id, woo_id);
ALTER TABLE woo.tags ADD FOREIGN KEY (store_id) REFERENCES woo.stores(store_id);
ALTER TABLE woo.variations ADD FOREIGN KEY (store_id) REFERENCES woo.stores(store_id);
ALTER TABLE woo.variations ADD FOREIGN KEY (store_id, product_woo_id) REFERENCES woo.products(store_id, woo_id);
