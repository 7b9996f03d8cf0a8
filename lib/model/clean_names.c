/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/clean.h"
#include "value/text.h"

static const char *const reason_names[CLEAN_REASONS] = {
	"kept", "too_few_fields", "too_many_fields", "unclosed_quote", "stray_quote", "encoding", "repeated_header",
	"missing_id", "bad_id", "missing_date", "bad_date", "missing_quantity", "bad_quantity",
	"missing_price", "bad_price", "missing_amount", "bad_amount", "bad_value",
	"missing_value", "out_of_range", "unknown_level", "price_rule", "return", "where", "duplicate",
};

static const char *const repair_texts[CLEAN_REPAIRS] = {
	"blanks at the edges cut", "read as windows-1252", "ids without their .0",
	"currency signs, thousands and brackets resolved", "rounded to 6 decimals",
	"NUL bytes taken out", "tokens read as missing",
	"lines of cancelling invoices turned negative", "divisions by zero left missing",
	"derived values rounded to 12 decimals",
	"times of day cut from dates, in a column that began without", "empty lines skipped",
	"given amounts differ from quantity * price, which was written",
	"values that do not fit their column kept as they are",
};

static const char *const role_names[CLEAN_ROLES] = {
	"customer_id", "invoice", "date", "product", "description", "quantity", "price", "amount",
	"country",
};

/* Spellings without blanks and signs, in lower case; the surest first. */
static const char *const spellings[CLEAN_ROLES][16] = {
	[CLEAN_CUSTOMER] = { "customerid", "custid", "customerno", "customernumber", "customercode",
			     "clientid", "buyerid", "memberid", "shopperid", "userid", "customer",
			     "client" },
	[CLEAN_INVOICE] = { "invoice", "invoiceno", "invoicenumber", "invoiceid", "orderid", "orderno",
			    "ordernumber", "transactionid", "receiptid", "receiptno", "basketid",
			    "order" },
	[CLEAN_DAY] = { "invoicedate", "orderdate", "transdate", "transactiondate", "purchasedate",
			"saledate", "salesdate", "date", "datetime", "timestamp" },
	[CLEAN_PRODUCT] = { "stockcode", "productid", "productcode", "sku", "itemid", "itemcode",
			    "productno", "articleid", "product", "item" },
	[CLEAN_DESCRIPTION] = { "description", "productdescription", "itemdescription", "productname",
				"itemname" },
	[CLEAN_QUANTITY] = { "quantity", "qty", "units", "unitssold", "quantityordered" },
	[CLEAN_PRICE] = { "price", "unitprice", "priceeach", "priceperunit", "itemprice" },
	[CLEAN_AMOUNT] = { "amount", "tranamount", "transactionamount", "lineamount", "totalamount",
			   "linetotal", "totalprice", "sales", "saleamount", "salesamount", "revenue",
			   "total" },
	[CLEAN_COUNTRY] = { "country", "countryregion", "customercountry", "shipcountry" },
};

const char *clean_reason_name(enum clean_reason r)
{
	return reason_names[r];
}

bool clean_reason_is_fault(enum clean_reason r)
{
	return r > CLEAN_KEPT && r < CLEAN_PRICE_RULE;
}

const char *clean_repair_text(enum clean_repair r)
{
	return repair_texts[r];
}

bool clean_repair_is_fault(enum clean_repair r)
{
	return r != CLEAN_CANCELLED && r != CLEAN_QUOTIENT;
}

const char *clean_role_name(enum clean_role r)
{
	return role_names[r];
}

enum clean_role clean_role_of(const char *name)
{
	int r = 0;
	while (r < CLEAN_ROLES && strcmp(role_names[r], name) != 0)
		r++;
	return (enum clean_role)r;
}

char *clean_name(struct span cell, size_t n)
{
	char *utf8 = malloc(3 * cell.n + 1), *name = malloc(6 * cell.n + 32);
	if (!utf8 || !name) {
		free(utf8);
		free(name);
		return NULL;
	}
	if (text_utf8_prefix(cell.s, cell.n) != cell.n) {
		cell.n = text_from_1252(utf8, cell.s, cell.n);
		cell.s = utf8;
	}
	cell = text_trim(cell);
	size_t length = text_snake(name, cell.s, cell.n);
	if (length > 0)
		name[length] = '\0';
	else
		snprintf(name, 32, "column_%zu", n);
	free(utf8);
	return name;
}

static bool wild(char c)
{
	return c == '*' || c == '?';
}

static bool in_word(char c)
{
	return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

char *clean_name_pattern(struct span pattern)
{
	char *to = malloc(3 * pattern.n + 1), *p = to;
	for (size_t i = 0, n; p && i < pattern.n; i += n) {
		const char *s = pattern.s + i;
		for (n = 0; i + n < pattern.n && !wild(s[n]);)
			n++;
		if (n == 0) {
			*p++ = *s;
			n = 1;
			continue;
		}
		/* text_snake cuts edges, which here go on behind the star */
		if (i > 0 && !in_word(s[0]))
			*p++ = '_';
		p += text_snake(p, s, n);
		if (i + n < pattern.n && !in_word(s[n - 1]) && (p == to || p[-1] != '_'))
			*p++ = '_';
	}
	if (p)
		*p = '\0';
	return to;
}

enum clean_role clean_recognise(struct span cell, int *rank)
{
	char word[32];
	size_t n = 0;
	*rank = 0;
	for (size_t i = 0; i < cell.n; i++) {
		char c = cell.s[i];
		bool letter = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
		if (!letter && (c < '0' || c > '9'))
			continue;
		if (n + 1 == sizeof word)
			return CLEAN_ROLES;
		word[n++] = letter ? (char)(c | 0x20) : c;
	}
	word[n] = '\0';
	for (int r = 0; r < CLEAN_ROLES; r++)
		for (int k = 0; k < 16 && spellings[r][k]; k++)
			if (strcmp(spellings[r][k], word) == 0) {
				*rank = k + 1;
				return (enum clean_role)r;
			}
	return CLEAN_ROLES;
}
