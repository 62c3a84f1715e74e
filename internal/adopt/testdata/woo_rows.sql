-- Some rows as nightly-woo writes them.
INSERT INTO woo.stores (url, consumer_key, consumer_secret) VALUES ('https://shop.example', 'ck_1', 'cs_1');
INSERT INTO woo.customers (store_id, woo_id, created_in_store, changed_in_store, email, first_name, billing_email)
	SELECT 1, n, '2026-01-01'::timestamp + n * interval '1 day', '2026-02-01', 'c' || n || '@example.com', 'C' || n, 'c' || n || '@example.com' FROM generate_series(1, 30) n;
INSERT INTO woo.products (store_id, woo_id, name, permalink, price, regular_price, categories, tags, attributes)
	SELECT 1, 100 + n, 'P' || n, 'https://shop.example/p/' || n, n + 0.5, n + 0.5, '[]', '[]', '[]' FROM generate_series(1, 20) n;
INSERT INTO woo.orders (store_id, woo_id, number, status, currency, billing_email, customer_id, total_cents, total_tax_cents, discount_total_cents, created_in_store, changed_in_store, removed_at)
	SELECT 1, 1000 + n, (1000 + n)::text, 'processing', 'EUR', 'c' || n || '@example.com', n, 1999 + n, 319, 0, '2026-03-01', '2026-03-02', CASE WHEN n = 7 THEN '2026-03-03'::timestamp END FROM generate_series(1, 30) n;
INSERT INTO woo.order_items (store_id, woo_id, order_woo_id, name, product_id, quantity, price, total_cents, total_tax_cents, subtotal_cents, subtotal_tax_cents)
	SELECT 1, 2000 + n, 1000 + n, 'P' || n, 101, 2, 9.995, 1999, 319, 1999, 319 FROM generate_series(1, 30) n;
