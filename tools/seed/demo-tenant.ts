import { openApiOf } from "./open-api-of.ts";

/** Who signs up in each scenario; the password is no secret, since the tenants are for trying things out. */
export const password = "a road across the water";
export const organisations = { demo: "Tidewater Trading", empty: "Saltmarsh Supplies" } as const;

/** The demo, as a literal: a trading house whose callers are in two oceans. */
export const demoTenant = {
  environment: { name: "Production", kind: "production", homeRegion: "eu-west-dublin" },
  cloudCluster: { kind: "cloud", name: "Asia Pacific", region: "ap-southeast-singapore", nodes: 2 },
  hybridCluster: { kind: "hybrid", name: "Rotterdam warehouse" },
} as const;

/** The API that the printed key opens and `call` goes to. */
export const ordersApi = "Orders";

export const demoApis = [
  {
    name: "Orders",
    listenPath: "/orders",
    auth: "key",
    document: openApiOf("Orders", "2.1.0", {
      "GET /orders": ["listOrders", "Lists orders"],
      "POST /orders": ["placeOrder", "Places an order"],
      "GET /orders/{id}": ["getOrder", "Reads an order"],
      "DELETE /orders/{id}": ["cancelOrder", "Cancels an order"],
    }),
  },
  {
    name: "Shipments",
    listenPath: "/shipments",
    auth: "key",
    rate: "200/s",
    document: openApiOf("Shipments", "1.4.2", {
      "GET /shipments": ["listShipments", "Lists shipments"],
      "GET /shipments/{id}": ["trackShipment", "Tracks a shipment"],
    }),
  },
  {
    name: "Catalogue",
    listenPath: "/catalogue",
    auth: "none",
    document: openApiOf("Catalogue", "3.0.0", {
      "GET /products": ["listProducts", "Lists products"],
      "GET /products/{sku}": ["getProduct", "Reads a product"],
    }),
  },
] as const;

export const demoPolicies = [
  { name: "Partners", apis: ["Orders", "Shipments"], rate: "100/s", quota: "1000000/30d" },
  { name: "Trial", apis: ["Orders"], rate: "5/m", quota: "1000/30d" },
] as const;

export const demoKeys = [
  { name: "Acme Logistics", policy: "Partners" },
  { name: "Harbour Supplies, trial", policy: "Trial" },
] as const;
