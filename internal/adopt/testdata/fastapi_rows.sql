-- Some rows as acme-integrations writes them.
INSERT INTO integration (id, company_id, shop, status, scopes, metadata_info, created_at, updated_at)
	VALUES ('5b0e6a2c-0000-4000-8000-000000000001', 'acme', 'acme.myshopify.com', 'connected', '[]', '{}', now(), now());
INSERT INTO shopify_product (integration_id, company_id, shopify_object_id, title, admin_graphql_api_id, status)
	SELECT '5b0e6a2c-0000-4000-8000-000000000001', 'acme', 8012345678900 + n, 'P' || n, 'gid://shopify/Product/' || (8012345678900 + n), 'active' FROM generate_series(1, 20) n;
INSERT INTO shopify_product_variant (integration_id, company_id, shopify_object_id, product_id, price, admin_graphql_api_id)
	SELECT '5b0e6a2c-0000-4000-8000-000000000001', 'acme', 44012345678900 + n, 8012345678900 + n, 9.99, 'gid://shopify/ProductVariant/' || (44012345678900 + n) FROM generate_series(1, 20) n;
INSERT INTO shopify_raw_ingest (integration_id, company_id, object_type, shopify_object_id, source, payload, dedupe_hash_canonical, processing_status)
	SELECT '5b0e6a2c-0000-4000-8000-000000000001', 'acme', kind, n::text, 'backfill', '{"id": 1, "title": "P", "vendor": "V", "handle": "h", "status": "active"}',
		encode(sha256((kind || n)::bytea), 'hex'), CASE n WHEN 1 THEN 'pending' WHEN 2 THEN 'error' ELSE 'processed' END
	FROM generate_series(1, 5) n, unnest(ARRAY['product', 'product_variant', 'customer', 'order', 'inventory_level', 'location']) kind;
